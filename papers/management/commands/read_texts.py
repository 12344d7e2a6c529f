"""Read the full texts that a language model is to be given, now."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from papers.fetch import recent_days
from papers.fulltext import is_wanted, read_listed
from papers.management.arguments import iso_day
from papers.sources import SOURCES

DEFAULT_SOURCE = next(iter(SOURCES))
SECONDS = 600  # a list of fifty takes half of that at arXiv's pace


class Command(BaseCommand):
    help = (
        "Read the full texts of the papers that were listed on a date, those with most votes "
        "first, as the clock does after each pull. Each is asked for once a version."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--date",
            type=iso_day,
            metavar="D",
            help=f"{DEFAULT_SOURCE}'s list of it (default: the lists that still grow)",
        )

    def handle(self, *args: object, date: date | None, **options: object) -> None:
        if not is_wanted():
            raise CommandError(
                "No model is given full texts: set LLM_MODEL, and LLM_FULL_TEXT=true."
            )
        for day in [date] if date else reversed(recent_days(DEFAULT_SOURCE)):
            count = read_listed(DEFAULT_SOURCE, day, seconds=SECONDS)
            self.stdout.write(f"{day}: {count} texts read now")
