"""End an edition: what has left has left, the rest stays unsent."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from newsletter.deliver import balance_of, cancel_edition
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition, WrongState
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = (
        "Cancel the edition of a date, for good: within two seconds nothing more of it leaves. To "
        "stop it for a while, use hold_edition."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        parser.add_argument("--reason", required=True, help="what its editors will read")
        add_newsletter(parser)

    def handle(
        self, *args: object, date: date, newsletter: str, reason: str, **options: object
    ) -> None:
        edition = find_edition(newsletter, date)
        try:
            cancel_edition(edition, reason)
        except WrongState as wrong:
            if edition.state != Edition.State.CANCELLED:
                raise CommandError(str(wrong)) from wrong
            self.stdout.write(f"{edition} is cancelled already: {edition.reason}")
        else:
            audit.record(None, "cancel", edition, message="Cancel this edition", reason=reason)
            count = balance_of(edition).accepted
            self.stdout.write(f"{edition} is cancelled; {count} of its readers have it.")
