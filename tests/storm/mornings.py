"""Ticks a newsletter through the days on which readers' clocks change, PostgreSQL's clock moved
along: `python -m tests.storm.mornings FILE 4`.

FILE is where libfaketime reads by how many seconds the server's clock is off, the number how many
changes there are to be. Prints a line for each mail: the reader's zone, the edition's date, the
chosen hour, when it was accepted by the reader's own clock, "right" or "wrong", and the delivery's
number: its row is pruned while a later change is tried.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import django
import time_machine
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
django.setup()

from newsletter import clock  # noqa: E402  Django has to be set up first
from newsletter.celery import app  # noqa: E402
from newsletter.models import Delivery, Newsletter, Subscriber, Subscription  # noqa: E402

SEOUL, BERLIN, LOS_ANGELES = "Asia/Seoul", "Europe/Berlin", "America/Los_Angeles"
READERS: list[tuple[str, int | None]] = [
    (SEOUL, None),
    (SEOUL, 9),
    (BERLIN, 7),
    (BERLIN, 2),  # comes twice, or not at all
    (LOS_ANGELES, 7),
    (LOS_ANGELES, 1),  # comes twice
    (LOS_ANGELES, 2),  # comes not at all
]
CHANGES = ("2026-10-25", "2026-11-01", "2027-03-14", "2027-03-28")
DAYS = range(-2, 2)  # editions of the days around one
HOUR = timedelta(hours=1)
JUST_BEFORE, JUST_AFTER = timedelta(minutes=-1), timedelta(seconds=20)
MINUTES = 3  # of ticks each time: an edition is opened, built, and approved, in that order


class Clocks:
    """Of this process and of its database."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def tick_at(self, moment: datetime) -> None:
        offset = (moment - datetime.now(UTC)).total_seconds()
        aside = self.file.with_suffix(".new")
        aside.write_text(f"{offset:+.0f}")
        aside.replace(self.file)
        while abs((clock.now() - moment).total_seconds()) > 10:  # it looks once a second
            time.sleep(0.1)
        with time_machine.travel(moment):
            for _ in range(MINUTES):
                call_command("tick", stdout=sys.stderr)


class Mail(NamedTuple):
    zone: str
    hour: int | None
    day: date
    at: datetime  # by the reader's clock
    delivery: int


def main(file: Path, changes: int) -> None:
    app.conf.task_always_eager = True  # what a tick asks for is done by this process
    clocks, newsletter = Clocks(file), prepare()
    for change in CHANGES[:changes]:
        days = [date.fromisoformat(change) + timedelta(days=back) for back in DAYS]
        for moment in moments(newsletter, days):
            clocks.tick_at(moment)
        for zone, hour in READERS:
            report(list(mails(zone, hour, days)), zone, hour, len(days))


def prepare() -> Newsletter:
    """Seven editions a week, at 7:00 in Seoul on the morning after their date."""
    Newsletter.objects.exclude(slug=Newsletter.DEFAULT_SLUG).update(is_active=False)
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    newsletter.weekdays = [1, 2, 3, 4, 5, 6, 7]
    newsletter.undo_seconds = 0  # an hour's first minute is what is looked at
    newsletter.save()
    confirmed_at = datetime(2026, 10, 1, tzinfo=UTC)
    for zone, hour in READERS:
        Subscription.objects.create(
            subscriber=Subscriber.objects.create(email=address(zone, hour)),
            newsletter=newsletter,
            state=Subscription.State.CONFIRMED,
            confirmed_at=confirmed_at,
            time_zone=zone,
            hour=hour,
        )
    return newsletter


def address(zone: str, hour: int | None) -> str:
    return f"{zone.rpartition('/')[2].lower()}.{hour}@example.org"


def moments(newsletter: Newsletter, days: list[date]) -> list[datetime]:
    """Before and after each time at which something may have to happen, and an hour off."""
    found = {newsletter.build_at(day) for day in days} | {newsletter.send_at(day) for day in days}
    for zone, hour in READERS:
        for day in [*days, days[-1] + timedelta(days=1), days[-1] + timedelta(days=2)]:
            local = datetime(day.year, day.month, day.day, hour or 0, tzinfo=ZoneInfo(zone))
            found |= {local.astimezone(UTC) + off * HOUR for off in (-1, 0, 1)} if hour else set()
    first, last = newsletter.build_at(days[0]), newsletter.send_at(days[-1]) + 26 * HOUR
    around = {each + off for each in found for off in (JUST_BEFORE, JUST_AFTER)}
    return sorted(each.astimezone(UTC) for each in around if first <= each <= last)


def mails(zone: str, hour: int | None, days: list[date]) -> Iterator[Mail]:
    rows = Delivery.objects.filter(
        subscriber__email=address(zone, hour),
        edition__date__in=days,
        state=Delivery.State.ACCEPTED,
    ).order_by("accepted_at")
    for day, at, delivery in rows.values_list("edition__date", "accepted_at", "pk"):
        yield Mail(zone, hour, day, at.astimezone(ZoneInfo(zone)), delivery)


def report(mails: list[Mail], zone: str, hour: int | None, count: int) -> None:
    if len(mails) != count:
        print(f"{zone}\t\t{hour}\t\t{len(mails)} mails of {count}")
    for number, mail in enumerate(mails):
        expected = mails[0].at.date() + timedelta(days=number)
        found = "right" if mail.at.date() == expected and is_at(mail.at, hour) else "wrong"
        chosen = "as it leaves" if hour is None else str(hour)
        shown = f"{mail.at:%a %Y-%m-%d %H:%M %Z}"
        print(zone, mail.day, chosen, shown, found, mail.delivery, sep="\t")


def is_at(at: datetime, hour: int | None) -> bool:
    """Within the first minute of the chosen hour; of the first of two; of the next where there is
    none; and of seven in Seoul for whoever chose none."""
    wanted = at.replace(hour=7 if hour is None else hour, minute=0, second=0, microsecond=0, fold=0)
    real = wanted.astimezone(UTC).astimezone(at.tzinfo)  # moves one that is left out
    return timedelta() <= at.astimezone(UTC) - real.astimezone(UTC) < timedelta(minutes=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
