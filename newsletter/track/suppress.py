"""When an address is mailed no more, and when it is tried again.

The rules stand in docs/readers.md. Each is a function of what events tell of the address, so that
it may be asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max

from newsletter import clock
from newsletter.models import DeliveryEvent, Suppression
from newsletter.track.verdict import NO_HOST

logger = logging.getLogger(__name__)

Kind = DeliveryEvent.Kind
Reason = Suppression.Reason

MOST_FAILURES, WINDOW = 5, timedelta(days=30)  # editions that bounced for now
REST = timedelta(days=14)  # before it is tried again
PROBATION = timedelta(days=30)  # in which one failure more is the last
GRAVITY = [Reason.FAILING, Reason.BOUNCED, Reason.COMPLAINED, Reason.MANUAL]


def suppress(
    key: str, reason: Reason, since: datetime, now: datetime, ends_at: datetime | None = None
) -> None:
    """Mail an address no more. What is there already stays, unless this weighs more; what has
    ended begins anew, unless what happened is older than its end."""
    row, is_new = Suppression.objects.select_for_update().get_or_create(
        address_key=key, defaults={"reason": reason, "created_at": now, "ends_at": ends_at}
    )
    if is_new:
        logger.info("suppressed %s: %s", key[:8], reason)
        return
    has_ended = row.ends_at is not None and row.ends_at <= now
    if has_ended and row.ends_at and row.ends_at < since:
        row.created_at = now
    elif has_ended or GRAVITY.index(reason) <= GRAVITY.index(Reason(row.reason)):
        return
    row.reason, row.ends_at, row.end_reason = reason, ends_at, ""
    row.save(update_fields=["reason", "created_at", "ends_at", "end_reason"])
    logger.info("suppressed %s: %s", key[:8], reason)


def is_certain(key: str, code: str, edition_id: int | None) -> bool:
    """Whether a hard bounce counts at once: a domain that is not found has to be missing twice."""
    if code != NO_HOST:
        return True
    earlier = DeliveryEvent.objects.filter(address_key=key, kind=Kind.HARD, code=NO_HOST)
    if ended_at := ended(key):
        earlier = earlier.filter(happened_at__gt=ended_at)
    return earlier.exclude(edition=edition_id).exclude(edition=None).exists()


def judge_failing(key: str, at: datetime, now: datetime) -> None:
    """Let an address rest that failed too often in a row; the second time, for good."""
    by_itself = Suppression.objects.filter(address_key=key, reason=Reason.FAILING, end_reason="")
    row = by_itself.first()
    if row and row.ends_at and row.ends_at <= at < row.ends_at + PROBATION:
        suppress(key, Reason.BOUNCED, at, now)
    elif failures(key, now) >= MOST_FAILURES:
        suppress(key, Reason.FAILING, at, now, ends_at=now + REST)


def failures(key: str, now: datetime) -> int:
    """Editions that did not arrive within the window, since one did, or since it was let off."""
    events = DeliveryEvent.objects.filter(address_key=key, happened_at__gt=now - WINDOW)
    arrived_at = events.filter(kind=Kind.DELIVERED).aggregate(at=Max("happened_at"))["at"]
    bounced = events.filter(kind__in=[Kind.SOFT, Kind.HARD], edition__isnull=False)
    for moment in (arrived_at, ended(key)):
        if moment:
            bounced = bounced.filter(happened_at__gt=moment)
    return bounced.values("edition").distinct().count()


def ended(key: str) -> datetime | None:
    """When it was suppressed last, and is no more: what happened before that is over."""
    rows = Suppression.objects.filter(address_key=key, ends_at__lte=clock.now())
    return rows.values_list("ends_at", flat=True).first()


def lift(suppression: Suppression, why: str) -> bool:
    """Let an address be mailed again, for an editor's reason; False if it does not hold any more,
    or is a complaint. What happened before counts no more. May be repeated."""
    holding = Suppression.objects.holding().filter(pk=suppression.pk)
    lifted = holding.exclude(reason=Reason.COMPLAINED)
    return lifted.update(ends_at=clock.now(), end_reason=why) == 1


def end_probation(keys: Collection[str], now: datetime) -> None:
    """A mail has arrived where mails had failed: all is well again."""
    rested = Suppression.objects.filter(address_key__in=keys, reason=Reason.FAILING, end_reason="")
    rested.filter(ends_at__lte=now).update(end_reason="a mail has arrived")
