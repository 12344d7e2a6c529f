"""A reader's morning: when an edition is due to whom, by their own clock and calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsletter.models import Edition, Subscription
from newsletter.models.subscribers import SubscriptionQuerySet

LATEST = timedelta(hours=25)  # after the first morning; clocks may be set back in between


class Morning(NamedTuple):
    """When readers who chose this hour in this zone get an edition."""

    time_zone: str  # blank: the newsletter's
    hour: int | None  # None: when the edition leaves
    at: datetime
    expires_at: datetime  # old news then
    weekday_bits: int  # of that day, on their calendar; of all days for a roundup


def mornings(edition: Edition, readers: SubscriptionQuerySet) -> list[Morning]:
    """One for each hour and zone that some readers of its newsletter chose."""
    chosen = readers.order_by().values_list("time_zone", "hour").distinct()
    return [morning(edition, time_zone, hour) for time_zone, hour in chosen]


def morning(edition: Edition, time_zone: str, hour: int | None) -> Morning:
    """The first time after the edition's planned one that their clock shows the hour: each edition
    once, and one a day. An edition that leaves later than that is due at once."""
    zone = ZoneInfo(time_zone or edition.newsletter.time_zone)
    at = edition.not_before or datetime.now(UTC)
    if hour is not None:
        at = max(at, first_at(hour, edition.newsletter.send_at(edition.date), zone))
    days = range(1, 8) if edition.newsletter.roundup_of_id else [at.astimezone(zone).isoweekday()]
    return Morning(time_zone, hour, at, at + edition.newsletter.expires_after, bits(days))


def next_at(subscription: Subscription, now: datetime) -> datetime:
    """When the next edition comes to a reader, as far as it is planned; in the reader's zone."""
    newsletter = subscription.newsletter
    if subscription.rhythm == Subscription.Rhythm.WEEKLY and newsletter.roundup:
        newsletter = newsletter.roundup
    zone = ZoneInfo(subscription.time_zone or newsletter.time_zone)
    at = newsletter.next_send_at(now)
    if subscription.hour is not None:
        at = first_at(subscription.hour, at, zone)
    return at.astimezone(zone)


def first_at(hour: int, moment: datetime, zone: ZoneInfo) -> datetime:
    """When clocks of a zone first show a full hour, from a moment on; in UTC.

    An hour that comes twice, as clocks are set back, counts at its first time; one that is left out
    counts an hour later.
    """
    today = moment.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    moments = (datetime.combine(day, time(hour), zone).astimezone(UTC) for day in days)
    return next(each for each in moments if each >= moment)


def bits(weekdays: Iterable[int]) -> int:
    """Days of the week, 1 is Monday, as one number, a bit a day."""
    return sum(1 << (day - 1) for day in set(weekdays))


def weekdays(bits: int) -> list[int]:
    return [day for day in range(1, 8) if bits & 1 << (day - 1)]
