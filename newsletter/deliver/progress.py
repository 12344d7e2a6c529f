"""How an edition stands, for pages that ask every two seconds.

It costs the same with a million readers as with ten thousand: what was accepted is added up from
the slices, the small states have indexes of their own, and whoever is left is what remains. Near
the end they are counted, so that the last numbers are the ledger's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import IntegerField, Max, Min, OuterRef, Q, Subquery, Sum

from newsletter import clock
from newsletter.deliver.balance import Balance
from newsletter.models import Delivery, Edition, Slice

State = Delivery.State
FEW = (State.IN_DOUBT, State.REJECTED, State.SUPPRESSED, State.ASSUMED_SENT, State.EXPIRED)
MOST_COUNTED = 10_000  # of those that are pending
RATE_OVER = timedelta(minutes=1)


@dataclass(frozen=True)
class Progress:
    """A moment of an edition's way."""

    balance: Balance
    rate: float  # mails a second that were accepted in the last minute
    began_at: datetime | None  # when its first mails were claimed
    ends_at: datetime | None  # at this rate, or with the last reader's hour; None: not foreseeable


@dataclass(frozen=True)
class Tally:
    """What the slices of an edition add up to."""

    accepted: int = 0
    in_hand: int = 0
    recent: int = 0
    began_at: datetime | None = None


class CountOf(Subquery):
    """How many rows a query has. It may have a limit, behind which nothing is read."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def standing(edition: Edition) -> Balance:
    """As it was kept at the end; before that, as slices and indexes tell it now."""
    return standings([edition])[edition.pk]


def standings(editions: Collection[Edition]) -> dict[int, Balance]:
    """Each edition's, by its key, in two queries at most."""
    balances = {each.pk: balance_kept(each) for each in editions if each.final_counts}
    moving = [each for each in editions if not each.final_counts]
    if moving:
        tallies = tallies_of(moving, clock.now())
        balances |= balances_by(moving, tallies)
    return balances


def balance_kept(edition: Edition) -> Balance:
    known = {field.name for field in fields(Balance)}
    return Balance(**{name: edition.final_counts.get(name, 0) for name in known})


def progress_of(edition: Edition) -> Progress:
    """Where it is, how fast, and until when, in a handful of queries."""
    now = clock.now()
    tallies = tallies_of([edition], now)
    balance = balances_by([edition], tallies)[edition.pk]
    tally, rate = tallies.get(edition.pk, Tally()), 0.0
    if tally.began_at:
        since = max(tally.began_at, edition.resumed_at or tally.began_at, now - RATE_OVER)
        rate = tally.recent / max((now - since).total_seconds(), 1.0)
    return Progress(balance, rate, tally.began_at, end_of(edition, balance, rate, now))


def tallies_of(editions: Collection[Edition], now: datetime) -> dict[int, Tally]:
    """By the edition's key; one without slices has none."""
    slices = Slice.objects.filter(edition__in=[each.pk for each in editions]).order_by()
    found = slices.values_list("edition").annotate(
        accepted=Sum("accepted_count", default=0),
        in_hand=Sum("size", filter=Q(settled_at=None), default=0),
        recent=Sum("accepted_count", filter=Q(settled_at__gt=now - RATE_OVER), default=0),
        began_at=Min("claimed_at"),
    )
    return {key: Tally(*sums) for key, *sums in found}


def balances_by(editions: Collection[Edition], tallies: Mapping[int, Tally]) -> dict[int, Balance]:
    counts = counts_now(editions)
    return {
        each.pk: balance_by(each, tallies.get(each.pk, Tally()), **counts[each.pk])
        for each in editions
    }


def balance_by(edition: Edition, tally: Tally, pending: int, **few: int) -> Balance:
    """The states add up to the audience. What evidence has settled since counts as pending while
    very many are left."""
    others = edition.audience_count - sum(few.values()) - tally.in_hand
    if pending <= MOST_COUNTED and edition.state != Edition.State.FREEZING:
        accepted = max(others - pending, 0)
    else:
        accepted, pending = tally.accepted, max(others - tally.accepted, 0)
    return Balance(
        audience_count=edition.audience_count,
        pending=pending,
        sending=tally.in_hand,
        accepted=accepted,
        **few,
    )


def counts_now(editions: Collection[Edition]) -> dict[int, dict[str, int]]:
    """By the edition's key: the small states, each from its own index, and of those that are
    pending one more than is counted, at most. They are read in the order of their index, since
    PostgreSQL would look for that many in the whole table."""
    rows = Delivery.objects.filter(edition=OuterRef("pk")).order_by().values("pk")
    left = rows.filter(state=State.PENDING).order_by("not_before", "pk")[: MOST_COUNTED + 1]
    counts = {state.value: CountOf(rows.filter(state=state)) for state in FEW}
    counts[State.PENDING.value] = CountOf(left)
    found = Edition.objects.filter(pk__in=[each.pk for each in editions]).order_by()
    return {
        key: dict(zip(counts, numbers, strict=True))
        for key, *numbers in found.values_list("pk", *counts.values())
    }


def end_of(edition: Edition, balance: Balance, rate: float, now: datetime) -> datetime | None:
    """When the last mail leaves; some wait for their reader's hour."""
    if edition.hold_reason or not balance.pending or not rate:
        return None
    latest = edition.deliveries.filter(state=State.PENDING).order_by()
    last_hour = latest.aggregate(at=Max("not_before"))["at"]
    by_rate = now + timedelta(seconds=balance.left_count / rate)
    return max(by_rate, last_hour) if last_hour else by_rate
