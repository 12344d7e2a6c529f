"""An edition as its readers get it, on pages of the desk: the mail, and its line in inboxes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404, HttpResponse, QueryDict

from newsletter import frames, inboxes
from newsletter.links import home_url
from newsletter.models import Edition, Rendition
from newsletter.render import what_readers_get
from newsletter.render.approximate import Look, as_seen
from newsletter.render.clean import one_line
from newsletter.render.defaults import Defaults, defaults
from newsletter.render.entries import language_name
from newsletter.render.programs import PROGRAMS, Program
from newsletter.rendered import Rendered

EXAMPLE_ADDRESS = "reader@example.org"


@dataclass(frozen=True)
class Envelope:
    """What stands in an inbox: the editor's words, and where there are none, ours."""

    language: str
    sender: str
    subject: str
    preheader: str

    @property
    def lines(self) -> list[inboxes.Line]:
        return list(inboxes.lines(self.subject, self.preheader))

    @property
    def warnings(self) -> list[str]:
        return list(inboxes.warnings(self.subject, self.preheader))


@dataclass(frozen=True)
class Preview:
    """A rendition beside the list. The mail itself is written when its frame asks for it."""

    edition: Edition
    language: str

    @property
    def name(self) -> str:
        return language_name(self.language)

    @cached_property
    def envelope(self) -> Envelope:
        return envelope(self.edition, self.language)


@dataclass(frozen=True)
class Truth:
    """What the preview can imitate, and how well."""

    programs: tuple[Program, ...] = tuple(PROGRAMS.values())
    boxes: tuple[inboxes.Inbox, ...] = inboxes.INBOXES


def previews(edition: Edition) -> list[Preview]:
    return [Preview(edition, language) for language in edition.languages]


def envelope(edition: Edition, language: str) -> Envelope:
    """As it is saved, or as it was approved."""
    rendition = edition.renditions.whole().filter(language=language).first() or Rendition()
    if edition.content_sha256:
        said = Defaults(rendition.frozen_subject, rendition.frozen_preheader)
        return envelope_of(edition, language, said)
    said = Defaults(rendition.subject, rendition.preheader)
    return envelope_of(edition, language, written(said, defaults(edition, language)))


def typed_envelope(edition: Edition, language: str, typed: QueryDict) -> Envelope:
    """With a subject and a preheader that are not saved yet."""
    said = Defaults(typed.get("subject", ""), typed.get("preheader", ""))
    return envelope_of(edition, language, written(said, defaults(edition, language)))


def written(said: Defaults, default: Defaults) -> Defaults:
    return Defaults(
        one_line(said.subject) or default.subject, one_line(said.preheader) or default.preheader
    )


def envelope_of(edition: Edition, language: str, said: Defaults) -> Envelope:
    newsletter = edition.newsletter
    sender = newsletter.from_name or newsletter.name
    return Envelope(language, sender, said.subject, said.preheader)


def html_page(edition: Edition, language: str, asked: QueryDict) -> HttpResponse:
    """The mail, to the byte; or as `program`, `look` and `pictures` ask for it."""
    page = example(edition, language).html
    if not {"program", "look", "pictures"} & set(asked):
        return frames.html_page(page, frames.SCROLLED_BY_US)
    program = PROGRAMS.get(asked.get("program", ""))
    if program is None:
        raise Http404
    look = Look(dark=asked.get("look") == "dark", pictures=asked.get("pictures") != "off")
    return frames.html_page(as_seen(page, program, look), frames.SCROLLED_BY_US)


def text_page(edition: Edition, language: str) -> HttpResponse:
    return frames.text_page(example(edition, language).text, frames.SCROLLED_BY_US)


def example(edition: Edition, language: str) -> Rendered:
    """With nobody's address and a link that unsubscribes nobody."""
    mail = what_readers_get(edition, language)
    return mail.filled(address=EXAMPLE_ADDRESS, unsubscribe_url=home_url(language))
