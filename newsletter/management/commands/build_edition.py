"""Fetch, summarise and compose one date's edition, now."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from newsletter.collect import collect_papers
from newsletter.compose import compose_edition
from newsletter.management.arguments import add_newsletter, find_newsletter, newest_day
from newsletter.models import Edition, WrongState
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = (
        "Draft the edition of a date from what its source lists. Building again refreshes the "
        "draft and keeps what an editor touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "date", nargs="?", type=iso_day, help="the list's date (default: the one due today)"
        )
        parser.add_argument(
            "--no-fetch", action="store_true", help="use only what is stored; ask no source"
        )
        add_newsletter(parser)

    def handle(
        self,
        *args: object,
        date: date | None,
        newsletter: str,
        no_fetch: bool,
        **options: object,
    ) -> None:
        publication = find_newsletter(newsletter)
        day = date or newest_day(publication)
        collected = collect_papers(publication, day, ask=not no_fetch)
        for problem in collected.problems:
            self.stderr.write(problem)
        self.stdout.write(
            f"{collected.paper_count} papers are listed on {day}; "
            f"{collected.summary_count} summaries were written."
        )
        try:
            edition = compose_edition(publication, day)
        except WrongState as wrong:
            raise CommandError(str(wrong)) from wrong
        self.report(edition)

    def report(self, edition: Edition) -> None:
        if edition.state == Edition.State.SKIPPED:
            self.stdout.write(f"No edition: {edition.reason}")
            return
        count = edition.printed_entries().count()
        self.stdout.write(
            f"{edition} is a draft of {count} entr{pluralize(count, 'y,ies')}. "
            f"Look at it in the admin, or approve it with: "
            f"manage.py approve_edition {edition.date}"
        )
