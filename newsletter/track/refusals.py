"""What was answered at once, when an edition was sent, counts like what is told later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from newsletter import clock
from newsletter.message.message_id import message_id
from newsletter.models import Delivery, DeliveryEvent, Edition
from newsletter.track.events import record
from newsletter.track.said import Said
from newsletter.track.verdict import CODE, bounce_kind

Kind = DeliveryEvent.Kind
State = Delivery.State

PROVIDER = "at once"
STEP = 1_000  # deliveries a transaction
SAID_BY_A_RELAY = Q(error_code__regex=r"^[45][0-9][0-9]( |$)")
KNOWN_TO_BOUNCE = "Postmark 406"


def take_refusals(edition: Edition) -> int:
    """Write down which readers' addresses were refused while the edition was sent; for how many
    that is news. For when it is over. May be repeated."""
    final = Q(state=State.REJECTED) | Q(state=State.EXPIRED) & SAID_BY_A_RELAY
    rows = edition.deliveries.filter(final).order_by("pk")
    count, after = 0, 0
    while part := list(rows.filter(pk__gt=after).values_list("pk", "error_code")[:STEP]):
        count += record(list(refusals(part, clock.now())))
        after = part[-1][0]
    return count


def refusals(rows: Iterable[tuple[int, str]], now: datetime) -> Iterator[Said]:
    """Those that say something of the reader."""
    for delivery_id, answer in rows:
        kind, code = read(answer)
        if kind in (Kind.HARD, Kind.SOFT):
            yield Said(
                provider=PROVIDER,
                event_id=f"delivery {delivery_id}",
                kind=kind,
                names=(message_id(delivery_id, "localhost"),),
                address="",
                happened_at=now,
                code=code,
                is_bound=True,
            )


def read(answer: str) -> tuple[Kind, str]:
    """Of an error code of the ledger. That no mail can be written to an address says nothing of
    its mailbox."""
    if answer == KNOWN_TO_BOUNCE:
        return Kind.HARD, ""
    found = CODE.search(answer)
    if found or answer[:1] in ("4", "5") or answer.startswith("refused by"):
        code = found[1] if found else ""
        return bounce_kind(code), code
    return Kind.OTHER, ""
