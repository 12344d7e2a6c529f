"""How an edition stands, for pages that ask every two seconds.

It costs the same with a million readers as with ten thousand: what was accepted is added up from
the slices, the small states have indexes of their own, and whoever is left is what remains. Near
the end they are counted, so that the last numbers are the ledger's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from newsletter import clock
from newsletter.deliver.balance import Balance
from newsletter.models import Delivery, Edition

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

    @property
    def doubtful_count(self) -> int:
        return self.balance.in_doubt + self.balance.assumed_sent


@dataclass(frozen=True)
class Tally:
    """What the slices of an edition add up to."""

    accepted: int
    in_hand: int
    recent: int
    began_at: datetime | None


def standing(edition: Edition) -> Balance:
    """As it was kept at the end; before that, as slices and indexes tell it now."""
    if edition.final_counts:
        known = {field.name for field in fields(Balance)}
        return Balance(**{name: edition.final_counts.get(name, 0) for name in known})
    return balance_by(edition, tally_of(edition, clock.now()))


def progress_of(edition: Edition) -> Progress:
    """Where it is, how fast, and until when, in a handful of queries."""
    now = clock.now()
    tally = tally_of(edition, now)
    balance = balance_by(edition, tally)
    rate = 0.0
    if tally.began_at:
        since = max(tally.began_at, edition.resumed_at or tally.began_at, now - RATE_OVER)
        rate = tally.recent / max((now - since).total_seconds(), 1.0)
    return Progress(balance, rate, tally.began_at, end_of(edition, balance, rate, now))


def tally_of(edition: Edition, now: datetime) -> Tally:
    found = edition.slices.aggregate(
        accepted=Sum("accepted_count", default=0),
        in_hand=Sum("size", filter=Q(settled_at=None), default=0),
        recent=Sum("accepted_count", filter=Q(settled_at__gt=now - RATE_OVER), default=0),
        began_at=Min("claimed_at"),
    )
    return Tally(**found)


def balance_by(edition: Edition, tally: Tally) -> Balance:
    """The states add up to the audience. What evidence has settled since counts as pending while
    very many are left."""
    few = counts_of_few(edition)
    left = edition.deliveries.filter(state=State.PENDING).order_by()
    pending = left[: MOST_COUNTED + 1].count()
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


def counts_of_few(edition: Edition) -> dict[str, int]:
    """Each from its own index."""
    rows = Delivery.objects.filter(edition=OuterRef("pk")).order_by()
    counts = {
        f"{state}_now": Coalesce(
            Subquery(
                rows.filter(state=state)
                .values("edition")
                .annotate(count=Count("*"))
                .values("count")
            ),
            0,
        )
        for state in FEW
    }
    found = Edition.objects.filter(pk=edition.pk).values_list(*counts.values()).get()
    return dict(zip((state.value for state in FEW), found, strict=True))


def end_of(edition: Edition, balance: Balance, rate: float, now: datetime) -> datetime | None:
    """When the last mail leaves; some wait for their reader's hour."""
    if edition.hold_reason or not balance.pending or not rate:
        return None
    latest = edition.deliveries.filter(state=State.PENDING).order_by()
    last_hour = latest.aggregate(at=Max("not_before"))["at"]
    by_rate = now + timedelta(seconds=balance.left_count / rate)
    return max(by_rate, last_hour) if last_hour else by_rate
