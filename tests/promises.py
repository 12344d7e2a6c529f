"""What may happen to a delivery, and what must not, whatever happens to senders and journals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime

from django.utils import timezone

from newsletter.models import Delivery, Edition, Subscription
from tests.model import StepSender

State = Delivery.State
FINAL = {State.ACCEPTED, State.REJECTED, State.SUPPRESSED, State.EXPIRED, State.ASSUMED_SENT}
MAY_HAVE_LEFT = {State.SENDING, State.IN_DOUBT, State.ACCEPTED, State.ASSUMED_SENT}


@dataclass
class Row:
    """What matters of a delivery."""

    state: str
    fence: int
    resent_at: datetime | None


class Witness:
    """Knows how often each delivery was taken, and how the ledger stood at the last look."""

    def __init__(self) -> None:
        self.seen = rows()
        self.copies: Counter[int] = Counter()
        self.newest_fence = 0

    @contextmanager
    def watching(self, sender: StepSender) -> Iterator[None]:
        """One move of a sender: it claims what may leave, and writes what has its own fence."""
        had = sender.taken
        others = states_but_of(had.pk) if had and sender.is_about_to_write else None
        yield
        if had is None and sender.taken is not None:
            self.check_claim(sender)
        if others is not None:
            assert states_but_of(had.pk) == others

    def check_claim(self, sender: StepSender) -> None:
        edition = Edition.objects.get()
        assert (edition.state, edition.hold_reason) == (Edition.State.SENDING, "")
        assert edition.expires_at > timezone.now()
        assert unmailable().isdisjoint(each.delivery_id for each in sender.waiting)
        assert sender.taken.pk > self.newest_fence
        self.newest_fence = sender.taken.pk

    def look(self, ordered: set[int]) -> None:
        """At everything, after each step. An order, or evidence, may have moved some."""
        found = rows()
        assert list(found) == list(self.seen)
        for key, row in found.items():
            self.check(self.copies[key], row)
            self.check_move(self.seen[key], row, is_ordered=key in ordered)
        if Edition.objects.get().state == Edition.State.DONE:
            assert {row.state for row in found.values()} <= FINAL
        self.seen = found

    def check(self, copies: int, row: Row) -> None:
        """Nobody gets two but by order, nothing that left looks unsent, nor the other way round."""
        assert copies <= (2 if row.resent_at else 1)
        if copies and not row.resent_at:
            assert row.state in MAY_HAVE_LEFT
        if row.state == State.ACCEPTED:
            assert copies

    def check_move(self, before: Row, row: Row, is_ordered: bool) -> None:
        """No fence goes back, nobody is ordered twice, only order and evidence leave an end."""
        assert row.fence >= before.fence
        assert before.resent_at in (None, row.resent_at)
        if before.state in FINAL and row.state != before.state:
            assert is_ordered
            assert row.state in (State.PENDING, State.ACCEPTED)

    def is_at_the_end(self) -> bool:
        return Edition.objects.get().state not in Edition.UNFINISHED

    def check_end(self) -> None:
        """Nobody is left, and whoever got nothing is listed."""
        assert self.is_at_the_end()
        assert {row.state for row in rows().values()} <= FINAL


def rows() -> dict[int, Row]:
    columns = [column.name for column in fields(Row)]
    found = Delivery.objects.order_by("pk").values_list("pk", *columns)
    return {key: Row(*values) for key, *values in found}


def states_but_of(fence: int) -> list[tuple[int, str]]:
    others = Delivery.objects.exclude(fence=fence).order_by("pk")
    return list(others.values_list("pk", "state"))


def unmailable() -> set[int]:
    mailable = Subscription.objects.mailable().values("subscriber")
    return set(Delivery.objects.exclude(subscriber__in=mailable).values_list("pk", flat=True))
