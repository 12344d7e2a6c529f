"""Events are written down once, and do to readers and editions what they must.

What an event does follows from what is in the tables, not from how often or in what order events
come, so that all of it may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from newsletter import clock
from newsletter import subscribe as moves
from newsletter.deliver import evidence
from newsletter.models import Callback, Delivery, DeliveryEvent, Suppression
from newsletter.track import suppress
from newsletter.track.about import About, whom
from newsletter.track.said import Said

logger = logging.getLogger(__name__)

Kind = DeliveryEvent.Kind
TOO_OLD = timedelta(days=7)  # to do anything: it is written down, and that is all
AT_ONCE = 1_000  # events whose ids a query names
STEP = 10_000  # events removed a call: a moment's work
UNREAD_KEPT = timedelta(days=14)  # calls that nobody could read; they hold addresses
KEPT = timedelta(days=35)  # longer than the ledger, and than what a score is taken of


@transaction.atomic
def record(said: Sequence[Said]) -> int:
    """Write events down, and do what they ask; how many of them are new. May be repeated. Whether
    an edition has too much of a kind, `alarm` is to be asked when the turn is over."""
    steps = (said[begin : begin + AT_ONCE] for begin in range(0, len(said), AT_ONCE))
    return sum(record_some(some) for some in steps)


def record_some(said: Sequence[Said]) -> int:
    """In a few queries, and one or two for each mail that failed."""
    new = unknown(said)
    about = whom(new)
    now = clock.now()
    rows = [as_row(each, about.get(each), now) for each in new]
    DeliveryEvent.objects.bulk_create(rows, ignore_conflicts=True)
    settle_doubts((each, about[each]) for each in new if each in about)
    counting = [(each, about[each]) for each in new if each in about and counts(each, about, now)]
    known = suppress.known({its.address_key for _, its in counting})
    for each, its in sorted(counting, key=lambda pair: pair[0].happened_at):
        if row := act(each, its, now, known.get(its.address_key)):
            known[its.address_key] = row
    arrived = [its.address_key for each, its in counting if each.kind == Kind.DELIVERED]
    suppress.end_probation(arrived, now)
    return len(new)


def unknown(said: Sequence[Said]) -> list[Said]:
    """Those that nobody has told us before, each once."""
    ids: dict[tuple[str, str], Said] = {}
    for each in said:
        ids.setdefault((each.provider, each.event_id), each)
    known: set[tuple[str, str]] = set()
    for provider in {provider for provider, _ in ids}:
        told = [event_id for its, event_id in ids if its == provider]
        rows = DeliveryEvent.objects.filter(provider=provider, event_id__in=told)
        known.update(rows.values_list("provider", "event_id"))
    return [each for key, each in ids.items() if key not in known]


def as_row(said: Said, about: About | None, now: datetime) -> DeliveryEvent:
    """What is told of nobody we know says nothing; only its id is kept."""
    delivery = about.delivery if about else None
    return DeliveryEvent(
        provider=said.provider,
        event_id=said.event_id,
        kind=said.kind if about else Kind.OTHER,
        code=said.code if about else "",
        happened_at=said.happened_at,
        received_at=now,
        delivery=delivery,
        edition_id=delivery.edition_id if delivery else None,
        address_key=about.address_key if about and said.kind != Kind.OTHER else "",
    )


def settle_doubts(events: Iterable[tuple[Said, About]]) -> None:
    """A mail of which something is told was taken; in a statement for each way to tell it."""
    proven: dict[str, list[int]] = {}
    for said, about in events:
        if said.proof and about.delivery:
            proven.setdefault(said.proof, []).append(about.delivery.pk)
    for proof, deliveries in proven.items():
        doubtful = Delivery.objects.filter(pk__in=deliveries)
        if count := evidence.accept(doubtful, proof):
            logger.info("track %s: %s settled", proof, count)


def counts(said: Said, about: dict[Said, About], now: datetime) -> bool:
    """Not what is older than a week, or than the reader's newest word."""
    confirmed_at = about[said].confirmed_at
    is_over = confirmed_at is not None and said.happened_at < confirmed_at
    return said.happened_at > now - TOO_OLD and not is_over


def act(said: Said, about: About, now: datetime, row: Suppression | None) -> Suppression | None:
    """What docs/readers.md says of bounces, complaints and leaving. `row` is the suppression that
    there is of the address; returns the one that there is then."""
    key, at = about.address_key, said.happened_at
    ended_at = suppress.ended(row, now)
    if said.kind in (Kind.COMPLAINED, Kind.UNSUBSCRIBED) and about.subscription:
        moves.unsubscribe(about.subscription)
    if said.kind == Kind.COMPLAINED:
        return suppress.suppress(key, Suppression.Reason.COMPLAINED, at, now)
    if said.kind == Kind.HARD and suppress.is_certain(key, said.code, about.edition_id, ended_at):
        return suppress.suppress(key, Suppression.Reason.BOUNCED, at, now)
    if said.kind in (Kind.SOFT, Kind.HARD) and about.delivery:
        return suppress.judge_failing(key, at, now, row)
    return row


def forget_old(now: datetime) -> None:
    """Remove events that say nothing any more, and calls that nobody could read."""
    Callback.objects.exclude(problem="").filter(received_at__lt=now - UNREAD_KEPT).delete()
    old = DeliveryEvent.objects.filter(received_at__lt=now - KEPT).values_list("pk", flat=True)
    DeliveryEvent.objects.filter(pk__in=list(old[:STEP])).delete()
