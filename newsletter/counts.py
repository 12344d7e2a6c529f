"""Counts: how many readers there are, and how they come and go. Counted by the clock now and then,
so that no page has to. What became of an edition is in its report.

A day is one of the newsletter's own calendar. Each count is of what stands in the tables, so that
it may be made again; a day that nobody counted is missing.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from newsletter.models import Edition, Newsletter, ReaderDay, Subscription

DAY = timedelta(days=1)
MOST_COUNTED = 10_000  # readers, while somebody waits

State = Subscription.State


class Span(NamedTuple):
    begin: datetime
    end: datetime


def keep(now: datetime) -> None:
    """Count anew what still changes. May be repeated."""
    for newsletter in Newsletter.objects.taking_readers():
        count_days(newsletter, now)


def count_days(newsletter: Newsletter, now: datetime) -> None:
    """Today, and yesterday once more: it ended since it was last counted. Reads each row of the
    newsletter's readers once."""
    today = now.astimezone(ZoneInfo(newsletter.time_zone)).date()
    readers = Subscription.objects.filter(newsletter=newsletter)
    totals = readers.aggregate(
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        joined=Count("pk", filter=has_joined(span_of(newsletter, today))),
        left=Count("pk", filter=has_left(span_of(newsletter, today))),
        joined_before=Count("pk", filter=has_joined(span_of(newsletter, today - DAY))),
        left_before=Count("pk", filter=has_left(span_of(newsletter, today - DAY))),
    )
    ReaderDay.objects.filter(newsletter=newsletter, date=today - DAY).update(
        joined_count=totals["joined_before"], left_count=totals["left_before"]
    )
    ReaderDay.objects.update_or_create(
        newsletter=newsletter,
        date=today,
        defaults={
            "confirmed_count": totals["confirmed"],
            "joined_count": totals["joined"],
            "left_count": totals["left"],
            "mailable_counts": mailable_counts(newsletter),
        },
    )


def mailable_counts(newsletter: Newsletter) -> dict[str, dict[str, int]]:
    """By rhythm, then by language as the readers chose it."""
    rows = Subscription.objects.mailable().filter(newsletter=newsletter).order_by()
    counts: dict[str, dict[str, int]] = {}
    for rhythm, language, count in rows.values_list("rhythm", "language").annotate(Count("pk")):
        counts.setdefault(rhythm, {})[language] = count
    return counts


def would_get(edition: Edition) -> dict[str, int]:
    """How many readers an edition would go to now, by language. Where they are many, as they were
    when the clock last counted them."""
    kept = ReaderDay.objects.filter(newsletter=edition.newsletter.subscribed_id)
    newest = kept.order_by("-date").values_list("mailable_counts", flat=True).first()
    counts: dict[str, int] = (newest or {}).get(edition.rhythm, {})
    if sum(counts.values()) > MOST_COUNTED:
        return counts
    rows = edition.subscriptions.mailable().filter(rhythm=edition.rhythm).order_by()
    return dict(rows.values_list("language").annotate(Count("pk")))


def span_of(newsletter: Newsletter, day: date) -> Span:
    """From midnight to midnight."""
    zone = ZoneInfo(newsletter.time_zone)
    return Span(*(datetime.combine(each, time(), zone) for each in (day, day + DAY)))


def has_joined(span: Span) -> Q:
    """Whoever confirmed then, or came from a file then, wherever they confirmed before."""
    confirmed = Q(confirmed_at__gte=span.begin, confirmed_at__lt=span.end)
    came = Q(created_at__gte=span.begin, created_at__lt=span.end, confirmed_at__lt=span.begin)
    had_left = Q(unsubscribed_at__lte=F("created_at"))
    return confirmed | (came & ~had_left)


def has_left(span: Span) -> Q:
    """Whoever was a reader, and did not go on under another address."""
    left = Q(unsubscribed_at__gte=span.begin, unsubscribed_at__lt=span.end)
    was_reader = Q(confirmed_at__isnull=False, unsubscribed_at__gt=F("created_at"))
    return left & was_reader & Q(merged_into=None)
