"""The verdict: what the ledger says, against what the sinks took."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.storm.ledger import Delivery

DOUBTFUL = {"in_doubt", "assumed_sent"}
OPEN = {"pending", "sending"}
NOT_MAILED = {"rejected", "suppressed", "expired"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that a sink took."""

    delivery_id: int
    name: str  # of the message, before its @
    recipient: str
    at: float


@dataclass
class Truth:
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def copies(self) -> Counter[int]:
        return Counter(arrival.delivery_id for arrival in self.arrivals)


@dataclass
class Verdict:
    """`lost` were not mailed and stand nowhere as such; `repeated` counts the copies too many."""

    mails: int = 0
    lost: int = 0
    repeated: int = 0
    in_doubt: int = 0
    arrived: int = 0  # of those in doubt
    denied: int = 0  # were mailed, and the ledger says they surely were not
    astray: int = 0  # went to another address than their delivery's
    left_open: int = 0
    doubts_by_owner: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Verdict) -> Verdict:
        names = ("mails", "lost", "repeated", "in_doubt", "arrived", "denied", "astray")
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Verdict(
            **sums,
            left_open=self.left_open + other.left_open,
            doubts_by_owner=self.doubts_by_owner + other.doubts_by_owner,
        )


def judge(deliveries: Iterable[Delivery], truth: Truth, *, expected: int) -> Verdict:
    """`expected` is how many deliveries there have to be; a missing one is a lost reader."""
    rows = {delivery.id: delivery for delivery in deliveries}
    copies = truth.copies
    states = Counter(delivery.state for delivery in rows.values())
    in_doubt = [row for row in rows.values() if row.state in DOUBTFUL]
    return Verdict(
        mails=sum(copies[key] > 0 for key in rows),
        lost=sum(row.state == "accepted" and not copies[row.id] for row in rows.values())
        + max(0, expected - len(rows)),
        repeated=sum(count - 1 for count in copies.values()),
        in_doubt=len(in_doubt),
        arrived=sum(copies[row.id] > 0 for row in in_doubt),
        denied=sum(copies[row.id] > 0 for row in rows.values() if is_denied(row)),
        astray=sum(is_astray(arrival, rows.get(arrival.delivery_id)) for arrival in truth.arrivals),
        left_open=sum(states[state] for state in OPEN),
        doubts_by_owner=Counter(row.owner for row in in_doubt),
    )


def is_denied(row: Delivery) -> bool:
    return row.state in NOT_MAILED or (row.state == "pending" and not row.was_resent)


def is_astray(arrival: Arrival, row: Delivery | None) -> bool:
    return row is None or row.address.lower() != arrival.recipient.lower()


def read_truth(*journals: Path) -> Truth:
    """What is named after a delivery; other mail is passed over. A line torn by a kill of the sink
    was never answered, so it counts for nothing."""
    lines = [line for each in journals if each.exists() for line in each.read_text().splitlines()]
    return Truth([arrival for arrival in map(read_line, lines) if arrival])


def read_line(line: str) -> Arrival | None:
    """A provider that makes Message-IDs of its own keeps ours as metadata."""
    try:
        noted = json.loads(line)
    except ValueError:
        return None
    name = noted.get("delivery") or (noted.get("message_id") or "").strip("<> ").partition("@")[0]
    number, _, proof = name.partition(".")
    if not noted.get("accepted") or len(proof) != 16:
        return None
    recipient = noted.get("recipient") or noted["address"]
    return Arrival(int(number, 36), name, recipient, float(noted["at"]))


def write_truth(truth: Truth, path: Path) -> None:
    """As `verify_edition --sink` reads it."""
    with path.open("w") as file:
        for arrival in truth.arrivals:
            noted = {
                "message_id": arrival.name,
                "recipient": arrival.recipient,
                "accepted": True,
                "at": arrival.at,
            }
            file.write(json.dumps(noted) + "\n")
