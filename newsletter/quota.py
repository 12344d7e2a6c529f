"""Quotas: so many of a thing in a window of time, counted where all processes see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import F

from newsletter.models import Quota

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def take(name: str, most: int, window: timedelta, now: datetime) -> bool:
    """Count one more; False, and nothing is counted, where the window has had its `most`.

    Windows follow each other from 1970 on: two of them side by side may hold twice as much.
    """
    row, _ = Quota.objects.get_or_create(name=name, began_at=beginning(window, now))
    return Quota.objects.filter(pk=row.pk, count__lt=most).update(count=F("count") + 1) == 1


def used_up(beginning_with: str, most: int, window: timedelta, now: datetime) -> list[str]:
    """Names that have had their `most` in the window."""
    rows = Quota.objects.filter(began_at=beginning(window, now), count__gte=most)
    return list(rows.filter(name__startswith=beginning_with).values_list("name", flat=True))


def give_back(name: str, window: timedelta, now: datetime) -> None:
    """Count one less: it was not done after all."""
    row = Quota.objects.filter(name=name, began_at=beginning(window, now))
    row.filter(count__gt=0).update(count=F("count") - 1)


def beginning(window: timedelta, now: datetime) -> datetime:
    return EPOCH + (now - EPOCH) // window * window


def forget_old(now: datetime) -> None:
    Quota.objects.filter(began_at__lt=now - 2 * DAY).delete()
