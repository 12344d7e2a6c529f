"""Write the summaries that are missing, now."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import track

from papers.management.arguments import iso_day
from papers.models import Paper, PaperQuerySet
from papers.sources import SOURCES
from papers.summarise import summarise_papers

DEFAULT_SOURCE = next(iter(SOURCES))
CHUNK = 100  # papers


class Command(BaseCommand):
    help = (
        "Write the summaries that are missing: sentences of the abstract, sorted into three parts. "
        "What an editor or a document wrote stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--date",
            type=iso_day,
            metavar="D",
            help=f"only papers on {DEFAULT_SOURCE}'s list of it",
        )
        languages = [code for code, _ in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, help="only this one (default: all)")

    def handle(
        self, *args: object, date: date | None, language: str | None, **options: object
    ) -> None:
        papers = Paper.objects.all()
        if date:
            papers = papers.listed_on(DEFAULT_SOURCE, date)
        for code in [language] if language else dict(settings.LANGUAGES):
            self.summarise(papers, code)

    def summarise(self, papers: PaperQuerySet, language: str) -> None:
        written = summarise_papers(in_sight(papers, language), language)
        missing = papers.without_summary(language).count()
        self.stdout.write(
            f"{language}: {papers.count()} papers, {written} summarised now, "
            f"{missing} left without a summary, as they have no abstract"
        )


def in_sight(papers: PaperQuerySet, language: str) -> Iterable[Paper]:
    """The papers, with a bar that shows how far they are gone through, if anyone is looking."""
    return track(
        in_chunks(papers),
        description=language,
        total=papers.count(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def in_chunks(papers: PaperQuerySet) -> Iterator[Paper]:
    """All of them, a hundred in memory at a time, by a query each.

    One query left open while summaries are written would make SQLite refuse these as soon as
    another process has written (https://www.sqlite.org/rescode.html#busy_snapshot).
    """
    last = 0
    while chunk := list(papers.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk
