"""Write the summaries that are missing, now."""

import sys
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override
from rich.console import Console
from rich.progress import Progress

from papers.management.arguments import iso_day
from papers.models import Paper, PaperQuerySet, Summary
from papers.sources import SOURCES
from papers.summarise import Told, summarise

DEFAULT_SOURCE = next(iter(SOURCES))
CHUNK = 100  # papers


class Command(BaseCommand):
    help = (
        "Write the summaries that are missing: by the configured language models, or of sentences "
        "of the abstract. What an editor or a document wrote stays."
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
        parser.add_argument(
            "--again",
            action="store_true",
            help="also ask the language models for what was written as an extract before they "
            "were configured",
        )

    def handle(
        self,
        *args: object,
        date: date | None,
        language: str | None,
        again: bool,
        **options: object,
    ) -> None:
        papers = Paper.objects.all()
        if date:
            papers = papers.listed_on(DEFAULT_SOURCE, date)
        languages = [language] if language else list(dict(settings.LANGUAGES))
        paper_count = papers.count()
        with bar() as progress:
            task = progress.add_task("summaries", total=paper_count * len(languages))
            told = summarise(
                in_chunks(papers),
                languages,
                also_extracts=again,
                progress=lambda count: progress.advance(task, count),
            )
        for code in languages:
            missing = papers.without_summary(code).count()
            self.stdout.write(
                f"{code}: {paper_count} papers, {told.languages[code]} summarised now, "
                f"{missing} left without a summary, as they have no abstract"
            )
        if settings.LLM_MODELS:
            self.report(told)

    def report(self, told: Told) -> None:
        self.stdout.write(
            f"Language models wrote {told.by_model}, of which {told.from_before} had been answered "
            f"before; they cost ${told.cost_usd:.4f}. Extracts: {told.extracts.total()}."
        )
        with override("en"):
            for why, count in told.extracts.items():
                if why:
                    self.stdout.write(f"  {count}: {Summary.WhyExtract(why).label}")


def bar() -> Progress:
    """Shows how far they are gone through, if anyone is looking."""
    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def in_chunks(papers: PaperQuerySet) -> Iterator[Paper]:
    """All of them, a hundred in memory at a time, by a query each.

    One query left open while summaries are written would make SQLite refuse these as soon as
    another process has written (https://www.sqlite.org/rescode.html#busy_snapshot).
    """
    last = 0
    while chunk := list(papers.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk
