"""Ticks newsletters through the days on which clocks change: `python -m tests.storm.almanac 10`.

The argument is the minutes of a step. Prints a line for each day: what, and "right" or what was
wrong.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django
import time_machine
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
django.setup()

from newsletter.models import Newsletter  # noqa: E402  Django has to be set up first

CHANGES = {  # zone → days on which its clocks change
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
}
BUILD_AT, SEND_AT = time(1, 45), time(2, 30)  # the hour that such days have twice, or not at all


def main(minutes: int) -> None:
    for zone, days in CHANGES.items():
        for day in days:
            tick_through(zone, date.fromisoformat(day), timedelta(minutes=minutes))
    move()


def tick_through(zone: str, day: date, step: timedelta) -> None:
    """The day before, the day, and the day after; one edition each, at its wall-clock time."""
    newsletter = make_newsletter(f"{zone.replace('/', '-').lower()}-{day}", zone)
    begin = datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    tick_from(begin - timedelta(days=1), begin + timedelta(days=2), step)
    for offset in (-1, 0, 1):
        report(newsletter, day + timedelta(days=offset))


def make_newsletter(slug: str, zone: str) -> Newsletter:
    """The only one that is in print."""
    Newsletter.objects.update(is_active=False)
    return Newsletter.objects.create(
        slug=slug,
        name=slug,
        time_zone=zone,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        build_time=BUILD_AT,
        send_time=SEND_AT,
        lag_days=0,
    )


def tick_from(begin: datetime, end: datetime, step: timedelta) -> None:
    while begin < end:
        with time_machine.travel(begin, tick=False):
            call_command("tick", stdout=sys.stderr)
        begin += step


def report(newsletter: Newsletter, day: date) -> None:
    moments = list(newsletter.editions.filter(date=day).values_list("not_before", flat=True))
    zone = ZoneInfo(newsletter.time_zone)
    expected = datetime.combine(day, SEND_AT, tzinfo=zone).astimezone(UTC)
    is_right = [moment.astimezone(UTC) for moment in moments] == [expected]
    found = "right" if is_right else f"leaves at {[str(each) for each in moments]}"
    print(f"{newsletter.time_zone} {day}\t{found}")


def move() -> None:
    """From Seoul to New York, fourteen hours back, in the middle of a day: no day comes twice."""
    newsletter = make_newsletter("mover", "Asia/Seoul")
    begin, hour = datetime(2026, 6, 1, tzinfo=UTC), timedelta(hours=1)
    tick_from(begin, begin + 36 * hour, hour)
    Newsletter.objects.filter(pk=newsletter.pk).update(time_zone="America/New_York")
    tick_from(begin + 36 * hour, begin + 96 * hour, hour)
    days = sorted(newsletter.editions.values_list("date", flat=True))
    whole = [days[0] + timedelta(days=number) for number in range(len(days))]
    print(f"Seoul to New York\t{'right' if days == whole else days}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
