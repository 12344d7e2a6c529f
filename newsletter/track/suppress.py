"""When an address is mailed no more, and when it is tried again.

The rules stand in docs/readers.md. Each is a function of what events tell of the address, so that
it may be asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

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
) -> Suppression:
    """Mail an address no more. What is there already stays, unless this weighs more; what has
    ended begins anew, unless what happened is older than its end. Returns what is there then."""
    row, is_new = Suppression.objects.select_for_update().get_or_create(
        address_key=key, defaults={"reason": reason, "created_at": now, "ends_at": ends_at}
    )
    if is_new:
        logger.info("suppressed %s: %s", key[:8], reason)
        return row
    if ended_at := ended(row, now):
        if ended_at >= since:
            return row
        row.created_at = now
    elif GRAVITY.index(reason) <= GRAVITY.index(Reason(row.reason)):
        return row
    row.reason, row.ends_at, row.end_reason = reason, ends_at, ""
    row.save(update_fields=["reason", "created_at", "ends_at", "end_reason"])
    logger.info("suppressed %s: %s", key[:8], reason)
    return row


def known(keys: Collection[str]) -> dict[str, Suppression]:
    """What there is of these addresses, whether it holds or has ended."""
    rows = Suppression.objects.filter(address_key__in=keys)
    return {row.address_key: row for row in rows}


def ended(row: Suppression | None, now: datetime) -> datetime | None:
    """When it ended, if it has: what happened before that is over."""
    return row.ends_at if row and row.ends_at and row.ends_at <= now else None


def is_certain(key: str, code: str, edition_id: int | None, since: datetime | None) -> bool:
    """Whether a hard bounce counts at once: a domain that is not found has to be missing twice."""
    if code != NO_HOST:
        return True
    earlier = DeliveryEvent.objects.filter(address_key=key, kind=Kind.HARD, code=NO_HOST)
    if since:
        earlier = earlier.filter(happened_at__gt=since)
    return earlier.exclude(edition=edition_id).exclude(edition=None).exists()


def judge_failing(
    key: str, at: datetime, now: datetime, row: Suppression | None
) -> Suppression | None:
    """Let an address rest that failed too often in a row; the second time, for good. `row` is what
    is known of it; returns what is there then."""
    ended_at = ended(row, now)
    by_itself = row is not None and row.reason == Reason.FAILING and not row.end_reason
    if by_itself and ended_at and ended_at <= at < ended_at + PROBATION:
        return suppress(key, Reason.BOUNCED, at, now)
    if failures(key, now, ended_at) >= MOST_FAILURES:
        return suppress(key, Reason.FAILING, at, now, ends_at=now + REST)
    return row


def failures(key: str, now: datetime, since: datetime | None) -> int:
    """Editions that did not arrive within the window, since one did, or since it was let off."""
    events = DeliveryEvent.objects.filter(address_key=key, happened_at__gt=now - WINDOW)
    if since:
        events = events.filter(happened_at__gt=since)
    editions: set[int] = set()
    kinds = [Kind.DELIVERED, Kind.SOFT, Kind.HARD]
    told = events.filter(kind__in=kinds).order_by("happened_at", "-kind")
    for kind, edition_id in told.values_list("kind", "edition_id"):
        if kind == Kind.DELIVERED:
            editions.clear()
        elif edition_id:
            editions.add(edition_id)
    return len(editions)


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
