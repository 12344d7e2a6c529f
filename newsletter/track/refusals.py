"""What was answered at once, when an edition was sent, counts like what is told later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from newsletter import clock
from newsletter.message.message_id import delivery_name
from newsletter.models import Delivery, DeliveryEvent, Edition
from newsletter.outcome.result import KNOWN_TO_BOUNCE, REFUSED
from newsletter.track.events import record
from newsletter.track.said import Said
from newsletter.track.verdict import bounce_kind, code_in

Kind = DeliveryEvent.Kind
State = Delivery.State

PROVIDER = "at once"
STEP = 1_000  # deliveries a transaction
# Of what was tried till the end: only what is said of the mailbox, and not of the line.
OF_THE_MAILBOX = Q(error_code__regex=r"^[45][0-9][0-9] [45]\.[12]\.")


def take_refusals(edition: Edition) -> int:
    """Write down which readers' addresses were refused while the edition was sent; for how many
    that is news. For when it is over. May be repeated."""
    rows = edition.deliveries.order_by()
    rejected = rows.filter(state=State.REJECTED).values_list("pk", "error_code")
    tried = rows.filter(OF_THE_MAILBOX, state=State.EXPIRED).values_list("pk", "error_code")
    answers = [*rejected, *tried]
    at = edition.audience_cutoff_at or clock.now()
    parts = (answers[begin : begin + STEP] for begin in range(0, len(answers), STEP))
    return sum(record(list(refusals(part, at))) for part in parts)


def refusals(rows: Iterable[tuple[int, str]], at: datetime) -> Iterator[Said]:
    """Those that say something of the reader, as of the edition's own hour: whoever has confirmed
    anew since is not judged by them."""
    for delivery_id, answer in rows:
        kind, code = read(answer)
        if kind in (Kind.HARD, Kind.SOFT):
            yield Said(
                provider=PROVIDER,
                event_id=f"delivery {delivery_id}",
                kind=kind,
                names=(delivery_name(delivery_id),),
                address="",
                happened_at=at,
                code=code,
                is_bound=True,
            )


def read(answer: str) -> tuple[Kind, str]:
    """Of an error code of the ledger. That no mail can be written to an address says nothing of
    its mailbox."""
    if answer == KNOWN_TO_BOUNCE:
        return Kind.HARD, ""
    code = code_in(answer)
    if code or answer[:1] in ("4", "5") or answer == REFUSED:
        return bounce_kind(code), code
    return Kind.OTHER, ""
