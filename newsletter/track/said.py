"""One event, whoever told it, in our words."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent, EventType
from django.http import QueryDict

from newsletter.models import DeliveryEvent
from newsletter.track.verdict import code_of, kind_of

LONGEST_ID = 128

# What words of another form than we know make of those who read them.
MALFORMED: tuple[type[Exception], ...] = (
    *(AnymailError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError),
    *(TypeError, ValueError),
)

# What can only happen to a message that its provider has taken; a bounce had left, too.
PROOFS = {
    EventType.QUEUED,
    EventType.SENT,
    EventType.DEFERRED,
    EventType.DELIVERED,
    EventType.BOUNCED,
    EventType.OPENED,
    EventType.CLICKED,
    EventType.AUTORESPONDED,
    EventType.COMPLAINED,
    EventType.UNSUBSCRIBED,
}


@dataclass(frozen=True)
class Said:
    """What an event says, before anybody has looked whom it is about.

    `names` are what it calls the mail by: a Message-ID of ours, the provider's id. `address` is
    blank where it tells none, which only a name that travels with the mail alone makes up for.
    """

    provider: str
    event_id: str
    kind: DeliveryEvent.Kind
    names: tuple[str, ...]
    address: str
    happened_at: datetime
    code: str = ""
    proof: str = ""  # in words, that the mail was taken; blank: this is none
    is_bound: bool = False  # its name came back by mail, so that the address may be another


def said_by_provider(
    events: Iterable[AnymailTrackingEvent], provider: str, received_at: datetime
) -> Iterator[Said]:
    """Anymail's events of one call. What comes under one id more than once, as for several
    addresses of a mail, is told apart by its place."""
    seen: Counter[str] = Counter()
    for event in events:
        said = as_said(event, provider, received_at)
        seen[said.event_id] += 1
        if seen[said.event_id] > 1:
            said = replace(said, event_id=fitting(f"{said.event_id} {seen[said.event_id]}"))
        yield said


def as_said(event: AnymailTrackingEvent, provider: str, received_at: datetime) -> Said:
    proof = f"event {provider} {event.event_type}" if event.event_type in PROOFS else ""
    return Said(
        provider=provider,
        event_id=fitting(printable(event.event_id) or digest(event)),
        kind=kind_of(event, provider),
        names=tuple(names_of(event)),
        address=printable(event.recipient),
        happened_at=min(event.timestamp or received_at, received_at),
        code=code_of(event)[:200],
        proof=proof,
    )


def names_of(event: AnymailTrackingEvent) -> Iterator[str]:
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    for name in (metadata.get("delivery"), event.message_id):
        if isinstance(name, str) and printable(name):
            yield printable(name)


def printable(text: object) -> str:
    """What may stand in a column; a database refuses some octets."""
    return text.strip() if isinstance(text, str) and text.isprintable() else ""


def fitting(event_id: str) -> str:
    if len(event_id) <= LONGEST_ID:
        return event_id
    return hashlib.sha256(event_id.encode(errors="replace")).hexdigest()


def digest(event: AnymailTrackingEvent) -> str:
    """An id for an event that has none: the same event has the same."""
    told = event.esp_event
    told = dict(told.lists()) if isinstance(told, QueryDict) else told
    written = json.dumps([event.event_type, event.recipient, told], sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()
