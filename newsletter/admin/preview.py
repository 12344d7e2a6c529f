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
from newsletter.render.programs import PROGRAMS
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
    def defaults(self) -> Defaults:
        """What is written where the editor writes nothing."""
        return defaults(self.edition, self.language)

    @cached_property
    def envelope(self) -> Envelope:
        """As it is saved, or as it was approved."""
        said = self.edition.renditions.whole().filter(language=self.language).first() or Rendition()
        if self.edition.content_sha256:
            return self.envelope_of(said.frozen_subject, said.frozen_preheader)
        return self.typed(said.subject, said.preheader)

    def typed(self, subject: str, preheader: str) -> Envelope:
        """With words that are not saved yet, and may be blank."""
        return self.envelope_of(
            one_line(subject) or self.defaults.subject,
            one_line(preheader) or self.defaults.preheader,
        )

    def envelope_of(self, subject: str, preheader: str) -> Envelope:
        newsletter = self.edition.newsletter
        sender = newsletter.from_name or newsletter.name
        return Envelope(self.language, sender, subject, preheader)


def previews(edition: Edition) -> list[Preview]:
    return [Preview(edition, language) for language in edition.languages]


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
