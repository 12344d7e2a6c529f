"""Curate: what an editor changes in a draft, under the version that the editor saw."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from newsletter.compose import add_paper, best_first, refresh_counts
from newsletter.models import Change, Edition, Entry, Overtaken, Rendition, WrongState
from newsletter.order import arranged, keep_order, line_of, out_of_line, printed_in
from papers.models import Paper

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

Kind = Change.Kind
OPEN = (*Edition.EDITABLE, Edition.State.SKIPPED)
TEXTS = (Kind.SUBJECT, Kind.PREHEADER, Kind.INTRO)  # columns of Rendition


@contextmanager
def curating(edition: Edition, editor: User, seen_version: int) -> Iterator[Curation]:
    """Change a draft as the editor saw it; all of what is done inside is one version, or nothing.

    Raises Overtaken when it has changed since.
    """
    with transaction.atomic():
        take(edition, seen_version)
        yield Curation(edition, editor)


def take(edition: Edition, seen_version: int) -> None:
    """Make the next version of a draft; of two who saw the same one, the second gets Overtaken."""
    seen = Edition.objects.filter(pk=edition.pk, version=seen_version, state__in=OPEN)
    if not seen.update(version=F("version") + 1):
        raise Overtaken
    edition.version = seen_version + 1


def refresh_votes(edition: Edition) -> None:
    """Print the votes that are stored now. What an editor arranged, and what is pinned, stays;
    where nobody arranged anything, the votes order the page."""
    with transaction.atomic():
        row = Edition.objects.filter(pk=edition.pk, state__in=OPEN)
        if not row.update(version=F("version") + 1):
            raise WrongState(_("This edition can no longer be changed."))
        edition.refresh_from_db()
        refresh_counts(edition)
        if edition.curated_at is None:
            line = line_of(edition)
            keep_order(arranged(line, best_first(printed_in(line))))


class Curation:
    """An editor's hand on the entries and the texts of one edition.

    Each change saves what it changes and writes it into the history; one that changes nothing
    writes nothing. Not safe but inside `curating`, or behind `take`.
    """

    def __init__(self, edition: Edition, editor: User) -> None:
        self.edition = edition
        self.editor = editor
        self.undoing: Change | None = None

    @cached_property
    def line(self) -> list[Entry]:
        return line_of(self.edition)

    @property
    def printed(self) -> list[Entry]:
        return printed_in(self.line)

    @cached_property
    def renditions(self) -> dict[str, Rendition]:
        return {each.language: each for each in self.edition.renditions.whole()}

    def entry(self, pk: int | None) -> Entry:
        """Raises WrongState when the edition has none of this key any more."""
        for entry in self.line:
            if entry.pk == pk:
                return entry
        raise WrongState(_("This paper is not in the edition any more."))

    def entry_of(self, paper_id: int | None) -> Entry | None:
        return next((entry for entry in self.line if entry.paper_id == paper_id), None)

    def move(self, entry: Entry, number: int) -> None:
        """To a number among the printed ones, counted from 1. What is pinned is pinned anew."""
        if entry.hidden:
            raise WrongState(_("This paper is taken out. Put it back before you move it."))
        number = min(max(number, 1), len(self.printed))
        if entry.pin is not None:
            self.pin(entry, number)
        else:
            self.arrange(self.with_entry_at(entry, number), moved=entry)

    def arrange(self, wanted: Sequence[Entry], moved: Entry | None = None) -> None:
        """Print the entries in this order. Pinned ones keep their numbers all the same."""
        before = keys(self.printed)
        self.settle(wanted)
        after = keys(self.printed)
        if before == after:
            return
        keys_moved = {moved.paper_id} if moved else out_of_line(before, after)
        touched = [entry for entry in self.printed if entry.paper_id in keys_moved]
        for entry in touched:
            self.keep(entry)
        self.edition.curated_at = self.edition.curated_at or timezone.now()
        self.edition.save(update_fields=["curated_at"])
        paper = touched[0].paper if len(touched) == 1 else None
        self.record(Kind.ORDER, before, after, paper=paper)

    def order_by_votes(self) -> None:
        """As composing would, and from now on again: until an editor moves something."""
        self.arrange(best_first(self.printed))
        self.leave_order_to_votes()

    def leave_order_to_votes(self) -> None:
        self.edition.curated_at = None
        self.edition.save(update_fields=["curated_at"])

    def hide(self, entry: Entry, hidden: bool) -> None:
        """Take it out, or put it back where it stood."""
        if entry.hidden == hidden:
            return
        entry.hidden = hidden
        self.keep(entry, "hidden")
        self.settle(self.printed)
        self.record(Kind.HIDDEN, not hidden, hidden, paper=entry.paper)

    def pin(self, entry: Entry, number: int | None) -> None:
        """Keep it at a number, whatever moves around it; None lets it go from where it stands."""
        self.check_free(entry, number)
        before = self.place(entry)
        entry.pin = number
        if number is not None and not entry.hidden:
            self.settle(self.with_entry_at(entry, number))
        after = self.place(entry)
        if before != after:
            self.keep(entry, "pin")
            self.record(Kind.PIN, before, after, paper=entry.paper)

    def write_note(self, entry: Entry, text: str) -> None:
        if entry.note != text:
            before, entry.note = entry.note, text
            self.keep(entry, "note")
            self.record(Kind.NOTE, before, text, paper=entry.paper)

    def write_headline(self, entry: Entry, language: str, text: str) -> None:
        """What is printed in place of the title in a language; the title again when it is blank."""
        before = entry.headline(language)
        if before != text:
            entry.headlines = {**entry.headlines, language: text}
            self.keep(entry, "headlines")
            self.record(Kind.HEADLINE, before, text, paper=entry.paper, language=language)

    def write(self, kind: Change.Kind, language: str, text: str) -> None:
        """The subject, the preheader or the intro in a language."""
        rendition = self.renditions[language]
        before = getattr(rendition, kind)
        if before != text:
            setattr(rendition, kind, text)
            rendition.save(update_fields=[kind])
            self.record(kind, before, text, language=language)

    def add(self, paper: Paper) -> Entry:
        """Put it at the end; one that was taken out is put back.

        Raises WrongState when it is printed already, or can be nowhere in it.
        """
        if self.edition.corrects_id:
            raise WrongState(_("A correction prints no papers."))
        present = self.entry_of(paper.pk)
        if present and not present.hidden:
            raise WrongState(_("This paper is in the edition already."))
        if present:
            self.hide(present, False)
            return present
        add_paper(self.edition, paper)
        self.line = line_of(self.edition)
        self.settle(self.printed)
        self.record(Kind.ADDED, False, True, paper=paper)
        return next(entry for entry in self.line if entry.paper_id == paper.pk)

    def remove(self, entry: Entry) -> None:
        """For good, as if it had never been added."""
        self.line.remove(entry)
        entry.delete()
        self.settle(self.printed)
        self.record(Kind.ADDED, True, False, paper=entry.paper)

    def let_go(self, entry: Entry, number: int | None) -> None:
        """Unpin it, and put it where it stood before it was pinned."""
        before, entry.pin = self.place(entry), None
        if number is not None and not entry.hidden:
            self.settle(self.with_entry_at(entry, number))
        self.keep(entry, "pin")
        self.record(Kind.PIN, before, self.place(entry), paper=entry.paper)

    def check_free(self, entry: Entry, number: int | None) -> None:
        for other in self.line:
            if number is not None and other.pin == number and other is not entry:
                names = {"number": number, "title": other.paper.short_title}
                raise WrongState(_("No. %(number)s is pinned already: %(title)s.") % names)

    def place(self, entry: Entry) -> dict[str, int | None]:
        """Its number, None while it is hidden, and the one that it is pinned to."""
        number = None if entry.hidden else self.printed.index(entry) + 1
        return {"pin": entry.pin, "number": number}

    def with_entry_at(self, entry: Entry, number: int) -> list[Entry]:
        order = [other for other in self.printed if other is not entry]
        order.insert(number - 1, entry)
        return order

    def settle(self, wanted: Sequence[Entry]) -> None:
        self.line = arranged(self.line, wanted)
        keep_order(self.line)

    def keep(self, entry: Entry, *columns: str) -> None:
        """Save an entry as the editor's."""
        entry.touch()
        entry.save(update_fields=[*columns, "touched_at"])

    def record(
        self,
        kind: Change.Kind,
        before: object,
        after: object,
        *,
        paper: Paper | None = None,
        language: str = "",
    ) -> None:
        Change.objects.create(
            edition=self.edition,
            version=self.edition.version,
            by=self.editor,
            by_name=self.editor.get_username(),
            kind=kind,
            paper=paper,
            language=language,
            before=before,
            after=after,
            undoes=self.undoing,
        )
        logger.info("changed edition=%s kind=%s by=%s", self.edition.pk, kind, self.editor.pk)


def keys(entries: Sequence[Entry]) -> list[int]:
    return [entry.paper_id for entry in entries]
