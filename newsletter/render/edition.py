"""An edition in one language: what stands around its entries, and how much of it a mail holds."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache

from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from newsletter.links import edition_url, editions_url
from newsletter.models import Edition, Newsletter, Rendition
from newsletter.redirects import as_mended, through_this_site
from newsletter.render.clean import clean, one_line, shortened
from newsletter.render.correction import render_correction
from newsletter.render.entries import PrintedEntry, language_name, printed_entries
from newsletter.render.mail import render_mail
from newsletter.rendered import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, Rendered
from newsletter.taste import Selection, shown
from newsletter.transfer import encoded
from papers.models import Summary

# Gmail clips near 102 KB, and testers disagree whether of the decoded or the encoded size.
HTML_LIMIT = 90_000  # octets as they are read
ENCODED_LIMIT = 100_000  # octets as they travel
SLOT_ROOM = 1_000  # what an address and a link may add when they take their slots
MOST_LISTED = 60  # titles of papers that are only on the web
MOST_KEPT = 8  # mails as they were last written, in a process
PREHEADER = range(40, 131)  # characters that inboxes show


@dataclass(frozen=True)
class Twin:
    """The same edition in another language."""

    language: str
    name: str
    url: str


@dataclass(frozen=True)
class Frame:
    """What stands around the entries of an edition in one language."""

    newsletter: Newsletter
    date: date
    own_subject: str
    preheader: str
    intro: str
    edition_url: str
    editions_url: str
    twins: tuple[Twin, ...]
    made_by: str
    entry_count: int
    left_out: tuple[str, ...] = ()
    unsubscribe_url: str = UNSUBSCRIBE_URL_SLOT
    choices_url: str = (
        f"{UNSUBSCRIBE_URL_SLOT}choices/"  # behind it, so that mails have one slot less
    )
    address: str = ADDRESS_SLOT


def render_edition(edition: Edition, language: str, selection: Selection | None = None) -> Rendered:
    """The mail of an edition in one language, with slots where readers differ; of its entries those
    that are selected.

    The editor's subject, preheader and intro stand where there are any. When it would be so long
    that mail programs clip it, as many entries as fit are printed whole and the rest as a list of
    titles that lead to the site. Saves nothing; the same rows give the same bytes.
    """
    if edition.corrects:
        return render_correction(edition, language)
    entries = printed_entries(edition, language)
    if edition.newsletter.own_links:
        entries = [through_this_site(entry, edition) for entry in entries]
    if selection:
        entries = [
            replace(entries[place], number=number, topic=printed_topics([topic]))
            for number, (place, topic) in enumerate(selection.chosen, start=1)
        ]
    frame = edition_frame(edition, language, entries, selection)
    return written(pickle.dumps((vars(frame), entries, language, settings.SITE_URL)))


@lru_cache(maxsize=MOST_KEPT)
def written(made_of: bytes) -> Rendered:
    """The mail made of these and of nothing else: a desk that shows it in several places, and looks
    it over, has it written once."""
    context, entries, language, _ = pickle.loads(made_of)
    return as_much_as_fits("edition", context, entries, language)


def render_welcome(newsletter: Newsletter, language: str, first_at: datetime) -> Rendered:
    """The newest edition, if there is one, under a greeting that says when the first one comes.

    `first_at` is in the reader's own zone.
    """
    newest = Edition.objects.published().filter(newsletter=newsletter).first()
    entries = as_mended(printed_entries(newest, language), newest) if newest else []
    slots = {
        "newsletter": newsletter,
        "unsubscribe_url": Frame.unsubscribe_url,
        "choices_url": Frame.choices_url,
        "address": Frame.address,
        "editions_url": editions_url(language),
    }
    around = vars(edition_frame(newest, language, entries)) if newest else slots
    context = around | {"first_at": first_at, "newest": newest}
    return as_much_as_fits("welcome", context, entries, language)


def as_much_as_fits(
    name: str, context: Mapping[str, object], entries: list[PrintedEntry], language: str
) -> Rendered:
    """A mail with as many entries whole as no mail program clips, and the rest as a list."""

    @cache
    def printed(count: int) -> Rendered:
        tail = entries[count:]
        rest = {"tail": tail[:MOST_LISTED], "tail_count": len(tail)}
        return render_mail(name, {**context, "entries": entries[:count], **rest}, language)

    return printed(most_that_fit(len(entries), lambda count: weight(printed(count))))


def most_that_fit(count: int, weigh: Callable[[int], float]) -> int:
    """The most entries, up to `count`, with which a mail weighs 1 at most; 0 where none does.

    Each weighing writes a whole mail. They grow by about the same with each entry, so that a line
    through the last two leads close to the answer.
    """
    last = (count, weigh(count))
    if last[1] <= 1 or not count:
        return count
    before, fitting, over = (0, 0.0), 0, count
    while over - fitting > 1:
        slope = (last[1] - before[1]) / (last[0] - before[0])
        guess = math.floor(last[0] + (1 - last[1]) / slope) if slope > 0 else fitting
        guess = min(max(guess, fitting + 1), over - 1)
        before, last = last, (guess, weigh(guess))
        fitting, over = (guess, over) if last[1] <= 1 else (fitting, guess)
    return fitting


def weight(mail: Rendered) -> float:
    """How much of what a mail may weigh its heavier half does; more than 1 is too much."""
    return max(
        max(
            (len(part.encode()) + SLOT_ROOM) / HTML_LIMIT,
            (len(encoded(part).body) + SLOT_ROOM) / ENCODED_LIMIT,
        )
        for part in (mail.html, mail.text)
    )


def edition_frame(
    edition: Edition,
    language: str,
    entries: list[PrintedEntry],
    selection: Selection | None = None,
) -> Frame:
    rendition = edition.renditions.whole().filter(language=language).first() or Rendition()
    with override(language):
        return Frame(
            newsletter=edition.newsletter,
            date=edition.date,
            own_subject=one_line(rendition.subject),
            preheader=one_line(rendition.preheader) or default_preheader(entries),
            intro=clean(rendition.intro),
            edition_url=edition_url(edition, language),
            editions_url=editions_url(language),
            twins=tuple(twins(edition, language)),
            made_by=made_by(edition, entries),
            entry_count=len(entries),
            left_out=tuple(left_out(selection)) if selection else (),
        )


def printed_topics(topics: Iterable[str]) -> str:
    return ", ".join(one_line(shown(topic)) for topic in topics)


def left_out(selection: Selection) -> Iterator[str]:
    """In sentences, what a reader does not get, and why."""
    if selection.had_count:
        yield ngettext(
            "%(count)s paper is left out, as you had it this week.",
            "%(count)s papers are left out, as you had them this week.",
            selection.had_count,
        ) % {"count": selection.had_count}
    if selection.muted_count:
        yield ngettext(
            "%(count)s paper is left out, as you mute: %(topics)s.",
            "%(count)s papers are left out, as you mute: %(topics)s.",
            selection.muted_count,
        ) % {"count": selection.muted_count, "topics": printed_topics(selection.muted_topics)}
    if selection.cut_count:
        yield ngettext(
            "%(count)s paper more is on the web, as you get %(most)s at most.",
            "%(count)s papers more are on the web, as you get %(most)s at most.",
            selection.cut_count,
        ) % {"count": selection.cut_count, "most": len(selection.chosen)}


def twins(edition: Edition, language: str) -> list[Twin]:
    return [
        Twin(other, language_name(other), edition_url(edition, other))
        for other in edition.languages
        if other != language
    ]


def default_preheader(entries: list[PrintedEntry]) -> str:
    """What else is inside, since the subject has named the first paper."""
    others = ", ".join(entry.name for entry in entries[1:])
    said = [gettext("Also inside: %(names)s") % {"names": others}] if others else []
    for sentence in (
        gettext("Today’s AI papers, at your door each morning."),
        gettext("What is new in each, how it works, and what it achieves."),
    ):
        if len(" ".join(said)) < PREHEADER.start:
            said.append(sentence)
    return shortened(" ".join(said), PREHEADER.stop - 1)


def made_by(edition: Edition, entries: list[PrintedEntry]) -> str:
    """Who wrote and who looked, and nothing that we do not know."""
    writers = {entry.writer for entry in entries if not entry.is_drafted}
    is_changed = any(entry.is_drafted for entry in entries)
    by_model = is_changed or Summary.Writer.MODEL in writers
    said = []
    if by_model:
        said.append(
            gettext(
                "Summaries are written by a language model from the abstract or the full text, and "
                "a program checks them against it."
            )
        )
    if is_changed:
        said.append(gettext("Some were changed by an editor."))
    if Summary.Writer.EDITOR in writers and by_model:
        said.append(gettext("Some are written by an editor."))
    elif Summary.Writer.EDITOR in writers:
        said.append(gettext("Summaries are written by an editor."))
    if Summary.Writer.EXTRACT in writers:
        said.append(gettext("Excerpts are sentences from the authors’ abstracts."))
    if edition.approved_by_id:
        said.append(gettext("An editor has looked over this edition."))
    said.append(gettext("The papers belong to their authors."))
    return " ".join(said)
