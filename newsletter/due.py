"""Due: what the clock finds in the tables that is to be done now. Asked again, it says the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from newsletter.models import Delivery, Edition, Newsletter
from papers import fetch
from papers.models import Pull

State = Edition.State
PULL_EVERY = timedelta(minutes=30)
MOST_SENDERS = 2  # of one edition at a time: one more than is at work, should that one be dead


def pulls_due(now: datetime) -> list[tuple[str, date]]:
    """Sources and dates to ask again: a list grows all day, and for days after."""
    due = []
    for source in set(Newsletter.objects.taking_readers().values_list("source", flat=True)):
        days = fetch.recent_days(source)
        fresh = Pull.objects.filter(source=source, date__in=days, attempted_at__gt=now - PULL_EVERY)
        asked = set(fresh.values_list("date", flat=True))
        due += [(source, day) for day in days if day not in asked]
    return sorted(due)


def open_editions(now: datetime) -> None:
    """A row for each edition whose build time has come; the unique date makes it one."""
    for newsletter in Newsletter.objects.filter(is_active=True):
        if day := newsletter.due_day(now):
            edition, _ = Edition.objects.get_or_create(
                newsletter=newsletter, date=day, corrects=None
            )
            Edition.objects.filter(pk=edition.pk, not_before=None).update(
                not_before=newsletter.send_at(day),
                expires_at=newsletter.expires_at(day),
            )


def builds_due(now: datetime) -> QuerySet[Edition]:
    waiting = Q(build_again_at=None) | Q(build_again_at__lte=now)
    scheduled = Edition.objects.filter(state__in=[State.SCHEDULED, State.COLLECTING])
    return scheduled.filter(waiting, not_before__isnull=False, newsletter__is_active=True)


def approvals_due(now: datetime) -> QuerySet[Edition]:
    """Drafts of newsletters that send by themselves, at their send time, unless held, or an editor
    has taken an approval back."""
    return Edition.objects.filter(
        state=State.DRAFT,
        reopened_at=None,
        newsletter__is_active=True,
        newsletter__approval_required=False,
        hold_reason="",
        not_before__lte=now,
        expires_at__gt=now,
    )


def sendings_due(now: datetime) -> QuerySet[Edition]:
    """Editions on their way, unless held, in the hands of enough senders, or waiting for the
    morning of the readers who are left."""
    at_work = Q(slices__settled_at=None)
    pending = Delivery.objects.filter(edition=OuterRef("pk"), state=Delivery.State.PENDING)
    is_due = Exists(pending.filter(not_before__lte=now)) | ~Exists(pending)
    leaving = Q(state__in=[State.APPROVED, State.FREEZING]) | Q(
        is_due, state__in=[State.SENDING, State.SETTLING]
    )
    return (
        Edition.objects.filter(leaving, hold_reason="", not_before__lte=now)
        .select_related("newsletter")
        .annotate(sender_count=Count("slices__owner", filter=at_work, distinct=True))
        .filter(sender_count__lt=MOST_SENDERS)
    )
