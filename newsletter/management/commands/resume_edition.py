"""Let an edition that is on hold go on."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition
from newsletter.tasks import send_edition, wake
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = "Let the edition of a date go on that was on hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        add_newsletter(parser)

    def handle(self, *args: object, date: date, newsletter: str, **options: object) -> None:
        edition = find_edition(newsletter, date)
        if edition.resume():
            audit.record(None, "resume", edition, message="Let it go on")
            self.stdout.write(f"{edition} is no longer on hold; it is {edition.state}.")
            if edition.state in Edition.LEAVING:
                wake(send_edition, edition.pk)
        elif edition.state in Edition.UNFINISHED:
            self.stdout.write(f"{edition} is not on hold; it is {edition.state}.")
        else:
            raise CommandError(f"{edition} is {edition.state}: it cannot go on.")
