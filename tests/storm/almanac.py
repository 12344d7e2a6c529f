"""Ticks a newsletter through the days on which clocks change: `python -m tests.storm.almanac 10`.

The argument is the minutes of a step. Starts itself again under libfaketime, so that the whole
process lives at the time that a file says. Prints a line for each day: what, and "right" or what
was wrong.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.storm.clocks import library

CHANGES = {  # zone → days on which its clocks change
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
}
SEND_AT = time(2, 30)  # which some of these days have twice, and some not at all
BUILD_AT = time(1, 45)


def main(minutes: int) -> None:
    import django  # noqa: PLC0415  the time has to be faked before

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    django.setup()
    for zone, days in CHANGES.items():
        for day in days:
            tick_through(zone, datetime.fromisoformat(day), minutes)
    move()


def tick_through(zone: str, day: datetime, minutes: int) -> None:
    """The day before, the day, and the day after; one edition each, at its wall-clock time."""
    from django.core.management import call_command  # noqa: PLC0415

    from newsletter.models import Newsletter  # noqa: PLC0415

    newsletter = Newsletter.objects.create(
        slug=f"{zone.replace('/', '-').lower()}-{day:%m-%d}",
        name=zone,
        time_zone=zone,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        build_time=BUILD_AT,
        send_time=SEND_AT,
        lag_days=0,
    )
    Newsletter.objects.exclude(pk=newsletter.pk).update(is_active=False)
    moment = day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(days=1)
    while moment < day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) + timedelta(days=2):
        live_at(moment)
        call_command("tick")
        moment += timedelta(minutes=minutes)
    for offset in (-1, 0, 1):
        report(newsletter, (day + timedelta(days=offset)).date())


def report(newsletter, day) -> None:
    editions = list(newsletter.editions.filter(date=day))
    what = f"{newsletter.name} {day}"
    if len(editions) != 1:
        print(f"{what}\t{len(editions)} editions")
        return
    wall = editions[0].not_before.astimezone(ZoneInfo(newsletter.time_zone))
    expected = datetime.combine(day, SEND_AT, tzinfo=ZoneInfo(newsletter.time_zone))
    is_right = wall == expected.astimezone(UTC)
    print(f"{what}\t{'right' if is_right else f'leaves at {wall}'}")


def move() -> None:
    """From Seoul to New York, fourteen hours back, in the middle of a day: no day comes twice."""
    from django.core.management import call_command  # noqa: PLC0415

    from newsletter.models import Newsletter  # noqa: PLC0415

    week = [1, 2, 3, 4, 5, 6, 7]
    newsletter = Newsletter.objects.create(
        slug="mover", name="A move", time_zone="Asia/Seoul", weekdays=week, lag_days=0
    )
    Newsletter.objects.exclude(pk=newsletter.pk).update(is_active=False)
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    for step in range(4 * 24):
        if step == 36:
            Newsletter.objects.filter(pk=newsletter.pk).update(time_zone="America/New_York")
        live_at(moment + timedelta(hours=step))
        call_command("tick")
    days = sorted(newsletter.editions.values_list("date", flat=True))
    whole = [days[0] + timedelta(days=number) for number in range(len(days))]
    print(f"Seoul to New York\t{'right' if days == whole else days}")


def live_at(moment: datetime) -> None:
    clock = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
    aside = clock.with_suffix(".new")
    aside.write_text(f"{moment.astimezone():%Y-%m-%d %H:%M:%S}\n")
    aside.replace(clock)


if __name__ == "__main__":
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:
        main(int(sys.argv[1]))
    else:
        clock = Path(tempfile.mkdtemp(prefix="paperboy-clock-")) / "time"
        clock.write_text("2026-01-01 00:00:00\n")
        os.environ |= {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        os.execv(sys.executable, [sys.executable, "-m", "tests.storm.almanac", *sys.argv[1:]])
