"""Counts: how many readers there are and how they come and go, and what became of the last
editions. Counted by the clock now and then, so that no page has to.

A day is one of the newsletter's own calendar. Each count is of what stands in the tables, so that
it may be made again; a day that nobody counted is missing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from newsletter.deliver import balance_of
from newsletter.models import (
    DeliveryEvent,
    Edition,
    Newsletter,
    ReaderDay,
    Subscription,
    Tally,
)

DAY = timedelta(days=1)
STILL_COUNTED = timedelta(days=14)  # after an edition began to leave: events come late
COUNTED_WITHIN = timedelta(hours=1)  # while the clock runs

Kind = DeliveryEvent.Kind
State = Subscription.State


class Span(NamedTuple):
    begin: datetime
    end: datetime


def keep(now: datetime) -> None:
    """Count anew what still changes. May be repeated."""
    for newsletter in Newsletter.objects.taking_readers():
        count_days(newsletter, now)
    recent = Edition.objects.filter(audience_frozen_at__gt=now - STILL_COUNTED)
    for edition in recent.select_related("newsletter"):
        count_edition(edition, now)


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
        },
    )


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


def count_edition(edition: Edition, now: datetime) -> None:
    """The ledger's own balance where there is one, else its rows."""
    balance = edition.final_counts or asdict(balance_of(edition))
    told = told_of(edition)
    counts = {
        "accepted_count": balance.get("accepted", 0),
        "doubtful_count": balance.get("in_doubt", 0) + balance.get("assumed_sent", 0),
        "bounced_count": told[Kind.HARD] + told[Kind.SOFT] + told[Kind.POLICY],
        "complained_count": told[Kind.COMPLAINED],
    }
    if not (is_over(edition, now) and Tally.objects.filter(edition=edition).exists()):
        counts["left_count"] = left_after(edition)
    Tally.objects.update_or_create(edition=edition, defaults=counts)


def told_of(edition: Edition) -> Counter[str]:
    """Mails, by what came back of them; read from an index alone."""
    rows = DeliveryEvent.objects.filter(edition=edition, kind__in=DeliveryEvent.TELLING)
    counts = rows.order_by().values_list("kind").annotate(Count("delivery", distinct=True))
    return Counter(dict(counts))


def is_over(edition: Edition, now: datetime) -> bool:
    """Whether nobody can leave in its time any more, and it was counted since."""
    return span_after(edition).end + COUNTED_WITHIN < now


def left_after(edition: Edition) -> int:
    """Readers who left within a day of its going out, or until the next one did. Reads each row of
    the newsletter's readers once."""
    return edition.subscriptions.filter(has_left(span_after(edition))).count()


def span_after(edition: Edition) -> Span:
    assert edition.audience_frozen_at is not None  # only those are counted
    begin = edition.audience_frozen_at
    later = Edition.objects.filter(
        newsletter=edition.newsletter_id, audience_frozen_at__gt=begin
    ).order_by("audience_frozen_at")
    following = later.values_list("audience_frozen_at", flat=True).first()
    return Span(begin, min(following or begin + DAY, begin + DAY))
