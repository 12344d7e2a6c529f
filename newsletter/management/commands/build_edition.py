"""Fetch, summarise and compose one date's edition, now."""

from django.core.management.base import BaseCommand, CommandError

from newsletter.compose import compose_edition
from newsletter.management.arguments import add_newsletter, find_newsletter, iso_day, newest_day
from newsletter.models import Edition, WrongState
from papers.fetch import fetch_papers
from papers.models import Paper
from papers.sources import SourceError
from papers.summarise import summarise_papers


class Command(BaseCommand):
    help = (
        "Draft the edition of a date from what its source lists. Building again refreshes the "
        "draft and keeps what an editor touched."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "date", nargs="?", type=iso_day, help="the list's date (default: the one due today)"
        )
        parser.add_argument(
            "--no-fetch", action="store_true", help="use only what is stored; ask no source"
        )
        add_newsletter(parser)

    def handle(self, *args, **options):
        newsletter = find_newsletter(options["newsletter"])
        day = options["date"] or newest_day(newsletter)
        if not options["no_fetch"]:
            self.fetch(newsletter.source, day)
        for language in newsletter.languages:
            written = summarise_papers(Paper.objects.listed_on(newsletter.source, day), language)
            self.stdout.write(f"summarised {written} papers in {language}")
        try:
            edition = compose_edition(newsletter, day)
        except WrongState as wrong:
            raise CommandError(str(wrong)) from wrong
        self.report(edition)

    def fetch(self, source, day):
        try:
            report = fetch_papers(source, day)
        except SourceError as error:
            self.stderr.write(f"{error}\nGoing on with what is stored.")
        else:
            self.stdout.write(f"fetched {report.paper_count} papers listed on {day}")

    def report(self, edition: Edition):
        if edition.state == Edition.State.SKIPPED:
            self.stdout.write(f"No edition: {edition.reason}")
            return
        count = edition.printed_entries().count()
        self.stdout.write(
            f"{edition} is a draft of {count} entries. Look at it in the admin, or approve it "
            f"with: manage.py approve_edition {edition.date}"
        )
