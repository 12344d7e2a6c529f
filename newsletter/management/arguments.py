"""What several commands are told: a date, a newsletter, an edition."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError

from newsletter import clock
from newsletter.models import Edition, Newsletter


def add_newsletter(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--newsletter",
        metavar="SLUG",
        default=Newsletter.DEFAULT_SLUG,
        help="which newsletter (default: %(default)s)",
    )


def find_newsletter(slug: str) -> Newsletter:
    """Raises CommandError with the slugs that there are."""
    try:
        return Newsletter.objects.get(slug=slug)
    except Newsletter.DoesNotExist as missing:
        known = ", ".join(Newsletter.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no newsletter {slug!r}; there is: {known}.") from missing


def find_edition(slug: str, day: date) -> Edition:
    """Raises CommandError naming what to do."""
    newsletter = find_newsletter(slug)
    try:
        return newsletter.editions.select_related("newsletter").get(date=day, corrects=None)
    except Edition.DoesNotExist as missing:
        raise CommandError(
            f"{newsletter} has no edition of {day}; make one with: manage.py build_edition {day}"
        ) from missing


def newest_day(newsletter: Newsletter) -> date:
    """The date whose edition goes out today."""
    today = clock.now().astimezone(ZoneInfo(newsletter.time_zone)).date()
    return today - timedelta(days=newsletter.lag_days)
