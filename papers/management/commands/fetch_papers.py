"""Fetch and store, now: from the source, or from its saved answers."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from papers.fetch import FetchReport, fetch_papers, fill_from_arxiv, recent_days, store_answer
from papers.management.arguments import iso_day
from papers.management.files import read_file
from papers.models import Paper
from papers.sources import source
from papers.sources.base import Answer, SourceError
from papers.sources.text import one_line

SOURCE = "huggingface"
LONGEST_LABEL = 1000  # characters
DAY_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")


class Command(BaseCommand):
    help = (
        "Fetch the lists of today and of the last three days, which may still grow; or the list of "
        "one date; or store saved answers of the API. Prints a line per list. May be repeated: a "
        "paper is stored once, and its votes and comments become the newest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--date", type=iso_day, metavar="D", help="the date of the list, as 2024-07-03"
        )
        parser.add_argument(
            "--file",
            type=Path,
            nargs="+",
            metavar="PATH",
            help="saved answers to store instead of asking; each is of the date given, else of "
            "the one in its name, else of the day on which most of its papers were listed",
        )

    def handle(
        self, *args: object, date: date | None, file: Sequence[Path] | None, **options: object
    ) -> None:
        if file:
            steps = [partial(store_file, path, date) for path in file]
        else:
            steps = [partial(fetch_papers, SOURCE, day) for day in days_to_ask(date)]
        reports = [report for step in steps if (report := self.take(step))]
        if reports and not file:
            self.fill_in(reports)
        if reports:
            self.conclude(reports)
        if len(reports) < len(steps):
            raise CommandError(
                f"{len(steps) - len(reports)} of {len(steps)} lists could not be read, for the "
                "reasons above. What was stored of them before is unchanged."
            )

    def take(self, step: Callable[[], FetchReport]) -> FetchReport | None:
        """A list by itself: one that cannot be read stops none of the others."""
        try:
            report = step()
        except SourceError as error:
            self.stderr.write(str(error))
            return None
        self.stdout.write(
            f"{report.date}  entries: {report.entry_count}, papers: {report.paper_count}, "
            f"new: {report.new_count}, changed: {report.changed_count}"
        )
        for problem in report.problems:
            self.stdout.write(f"  {problem}")
        return report

    def fill_in(self, reports: Sequence[FetchReport]) -> None:
        """From arXiv, if it can be reached: what it adds is welcome, and nothing waits for it."""
        days = [report.date for report in reports]
        listed = Paper.objects.filter(listings__source=SOURCE, listings__date__in=days)
        try:
            filled_count = fill_from_arxiv(listed)
        except SourceError as error:
            self.stderr.write(f"{error}. The papers are complete but for what only arXiv tells.")
        else:
            self.stdout.write(f"arXiv added to {filled_count} papers.")

    def conclude(self, reports: Sequence[FetchReport]) -> None:
        paper_count = sum(report.paper_count for report in reports)
        self.stdout.write(
            f"Stored {len(reports)} lists with {paper_count} papers. See them at "
            f"{settings.SITE_URL}{reverse('admin:index')} or go on with: manage.py summarise_papers"
        )


def days_to_ask(day: date | None) -> Sequence[date]:
    return [day] if day else recent_days(SOURCE)


def store_file(path: Path, day: date | None) -> FetchReport:
    """Raises SourceError for a file that cannot be read, holds no list or tells no date."""
    label = one_line(f"{path}, papers of {day}" if day else str(path), LONGEST_LABEL)
    answer = source(SOURCE).read(read_file(path), label=label)
    day = day or day_in(path.name) or usual_day(answer)
    if day is None:
        raise SourceError(f"{path}: neither its name nor its papers tell a date; give it as --date")
    return store_answer(SOURCE, day, answer)


def day_in(name: str) -> date | None:
    found = DAY_IN_NAME.search(name)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def usual_day(answer: Answer) -> date | None:
    """The day on which most of its papers were listed."""
    days = Counter(listing.listed_at.date() for listing in answer.listings if listing.listed_at)
    return days.most_common(1)[0][0] if days else None
