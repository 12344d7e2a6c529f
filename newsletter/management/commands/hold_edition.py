"""Stop an edition from leaving, until somebody lets it go on."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = (
        "Put the edition of a date on hold: within two seconds nothing more of it leaves. What "
        "has not left waits for resume_edition."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        parser.add_argument(
            "--reason",
            default="It was put on hold from the command line.",
            help="what its editors will read (default: %(default)s)",
        )
        add_newsletter(parser)

    def handle(
        self, *args: object, date: date, newsletter: str, reason: str, **options: object
    ) -> None:
        edition = find_edition(newsletter, date)
        if not reason.strip():
            raise CommandError("--reason is blank; write what its editors shall read.")
        if edition.hold(reason):
            audit.record(None, "hold", edition, message="Put on hold", reason=reason)
            self.stdout.write(
                f"{edition} is on hold. Let it go on with: manage.py resume_edition {date}"
            )
        elif edition.state in Edition.UNFINISHED:
            self.stdout.write(f"{edition} is on hold already: {edition.hold_reason}")
        else:
            raise CommandError(f"{edition} is {edition.state}: there is nothing left to hold.")
