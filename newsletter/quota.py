"""Quotas: so many of a thing in a window of time, counted where all processes see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from newsletter.models import Quota

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def take(name: str, most: int, window: timedelta, now: datetime) -> bool:
    """Count one more; False, and nothing is counted, where the window has had its `most`.

    Windows follow each other from 1970 on: two of them side by side may hold twice as much.
    """
    row, _ = Quota.objects.get_or_create(**window_of(name, window, now))
    return Quota.objects.filter(pk=row.pk, count__lt=most).update(count=F("count") + 1) == 1


def taken(name: str, window: timedelta, now: datetime) -> int:
    """How many the window has had."""
    row = Quota.objects.filter(**window_of(name, window, now)).first()
    return row.count if row else 0


def used_up(beginning_with: str, most: int, window: timedelta, now: datetime) -> list[str]:
    """Names that have had their `most` in the window."""
    tail = window_of("", window, now)["name"]
    rows = Quota.objects.filter(
        began_at=beginning(window, now),
        count__gte=most,
        name__startswith=beginning_with,
        name__endswith=tail,
    )
    return [name.removesuffix(tail) for name in rows.values_list("name", flat=True)]


def give_back(name: str, window: timedelta, now: datetime) -> None:
    """Count one less: it was not done after all."""
    row = Quota.objects.filter(**window_of(name, window, now))
    row.filter(count__gt=0).update(count=F("count") - 1)


def window_of(name: str, window: timedelta, now: datetime) -> dict[str, Any]:
    """Its row. An hour's and a day's are two, also where they begin together."""
    return {"name": f"{name} / {window}", "began_at": beginning(window, now)}


def beginning(window: timedelta, now: datetime) -> datetime:
    return EPOCH + (now - EPOCH) // window * window


def forget_old(now: datetime) -> None:
    Quota.objects.filter(began_at__lt=now - 2 * DAY).delete()
