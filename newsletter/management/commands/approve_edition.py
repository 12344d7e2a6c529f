"""Freeze a draft, so that it leaves at its send time."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from newsletter.approve import approve_edition
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import WrongState
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = "Approve the draft of a date: what readers get is frozen, and goes at its send time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        add_newsletter(parser)

    def handle(self, *args: object, date: date, newsletter: str, **options: object) -> None:
        edition = find_edition(newsletter, date)
        try:
            approve_edition(edition)
        except WrongState as wrong:
            raise CommandError(str(wrong)) from wrong
        audit.record(None, "approve", edition, message="Approve")
        self.stdout.write(
            f"{edition} is approved with {edition.content_sha256[:12]} and leaves at "
            f"{edition.not_before:%Y-%m-%d %H:%M} UTC. Send it now with: "
            f"manage.py send_edition {edition.date} --wait"
        )
