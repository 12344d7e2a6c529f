"""Moments and spans of time in words, in the active language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEW_SECONDS = 90


def moment_in_words(moment: datetime | None, zone: str, form: str = "") -> str:
    """On the clock of a time zone; nothing for no moment. `form` is one of Django's, translated."""
    if moment is None:
        return ""
    return date_format(moment.astimezone(ZoneInfo(zone)), form or gettext("j F, H:i"))


def span_in_words(span: timedelta, depth: int = 1) -> str:
    """In its `depth` largest units, to the minute; a short one in seconds."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < FEW_SECONDS:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    return timesince(EPOCH, EPOCH + timedelta(minutes=round(seconds / 60)), depth=depth)
