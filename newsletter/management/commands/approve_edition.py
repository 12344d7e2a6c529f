"""Freeze a draft, so that it leaves at its send time."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from newsletter import audit
from newsletter.approve import Stopped, approve_edition
from newsletter.links import desk_url
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition, WrongState
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = "Approve the draft of a date: what readers get is frozen, and goes at its send time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        add_newsletter(parser)

    def handle(self, *args: object, date: date, newsletter: str, **options: object) -> None:
        edition = find_edition(newsletter, date)
        try:
            with override("en"):
                approve_edition(edition)
        except Stopped as stopped:
            raise CommandError(in_lines(edition, stopped)) from stopped
        except WrongState as wrong:
            raise CommandError(str(wrong)) from wrong
        audit.record(None, "approve", edition, message="Approve")
        self.stdout.write(
            f"{edition} is approved with {edition.content_sha256[:12]} and leaves at "
            f"{edition.not_before:%Y-%m-%d %H:%M} UTC. Send it now with: "
            f"manage.py send_edition {edition.date} --wait"
        )


def in_lines(edition: Edition, stopped: Stopped) -> str:
    """What stops it, a line each, and where an editor may let it pass."""
    lines = [f"{edition} is not approved. Pre-flight stops it:"]
    lines += [f"  {stop.check}: {stop.sentence}" for stop in stopped.stops]
    return "\n".join([*lines, f"Mend it, or let it pass with a reason: {desk_url(edition, 'en')}"])
