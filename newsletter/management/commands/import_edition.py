"""Editions in Markdown into the database, as drafts."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from newsletter.documents.document import Document, DocumentError
from newsletter.documents.normalise import Note
from newsletter.documents.read import MAX_BYTES, Reading, read_editions
from newsletter.documents.store import Stored, store_document
from newsletter.links import absolute
from newsletter.management.arguments import add_newsletter, find_newsletter
from newsletter.models import Newsletter, WrongState


class Command(BaseCommand):
    help = (
        "Read editions from Markdown (docs/documents.md) and keep each as the draft of its date. "
        "Tells what it normalised, and where. A file that cannot be read stops none of the "
        "others; importing the same file twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
        add_newsletter(parser)
        parser.add_argument(
            "--language", help="of the summaries (default: the newsletter's main language)"
        )

    def handle(
        self,
        *args: object,
        files: list[Path],
        newsletter: str,
        language: str | None,
        **options: object,
    ) -> None:
        target = find_newsletter(newsletter)
        language = checked_language(target, language)
        self.stored: list[Stored] = []
        problems = [
            f"{path}: {problem}"
            for path in files
            for problem in self.import_file(path, target, language)
        ]
        self.stdout.write(summed_up(self.stored))
        if problems:
            raise CommandError("\n  ".join(["Not imported:", *problems]))

    def import_file(self, path: Path, newsletter: Newsletter, language: str) -> list[str]:
        """What could not be imported, in a line each."""
        try:
            reading = read_file(path)
        except DocumentError as error:
            return [str(error)]
        for line in noted(reading.notes):
            self.stdout.write(f"{path.name}: {line}")
        problems = []
        for document in reading.documents:
            try:
                stored = store_document(document, newsletter, language)
            except WrongState as wrong:
                problems.append(f"line {document.line}: {wrong}")
                continue
            self.stored.append(stored)
            for line in told(document, stored):
                self.stdout.write(f"{path.name}: {line}")
        return problems


def checked_language(newsletter: Newsletter, language: str | None) -> str:
    if language is None or language in newsletter.languages:
        return language or newsletter.languages[0]
    known = ", ".join(newsletter.languages)
    raise CommandError(f"{newsletter} is not written in {language!r}; its languages are: {known}.")


def read_file(path: Path) -> Reading:
    """Raises DocumentError, also for a file that cannot be opened."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"it cannot be read: {error.strerror}") from error
    return read_editions(data)


def noted(notes: Iterable[Note]) -> list[str]:
    """A line for each kind of thing that was normalised, in the order of the rules."""
    return [
        f"{what}: {numbered([note.line for note in same])}"
        for what, same in groupby(notes, key=attrgetter("what"))
    ]


def numbered(lines: list[int]) -> str:
    """`line 9`, or `lines 11-13, 20`."""
    runs = []
    for _, run in groupby(enumerate(lines), key=lambda place: place[1] - place[0]):
        first, *others = [line for _, line in run]
        runs.append(f"{first}-{others[-1]}" if others else f"{first}")
    return ("line " if len(lines) == 1 else "lines ") + ", ".join(runs)


def told(document: Document, stored: Stored) -> list[str]:
    """What was stored, and what had to give way."""
    newsletter = stored.edition.newsletter
    counts = f"{counted(len(document.entries), 'paper')}, {len(stored.new)} of them new"
    lines = [f"{stored.edition}: {counts}" + ("" if stored.is_changed else "; nothing changed")]
    if document.name != newsletter.name:
        lines.append(f"the heading {document.name!r} becomes the newsletter's: {newsletter.name!r}")
    for what, papers in (
        ("pictures that are none of the paper kept for the document alone", stored.unfit_pictures),
        ("summaries that said something else replaced", stored.replaced),
        ("entries that the document does not have hidden", stored.hidden),
    ):
        if papers:
            lines.append(f"{what}: {', '.join(papers)}")
    return lines


def summed_up(stored: list[Stored]) -> str:
    if not stored:
        return "No edition was imported."
    papers = counted(sum(len(each.new) for each in stored), "new paper")
    newest = max(each.edition.date for each in stored)
    return (
        f"Imported {counted(len(stored), 'edition')} with {papers}, as drafts. Look at them at "
        f"{absolute(reverse('admin:index'))}, or print one: manage.py export_edition {newest}"
    )


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
