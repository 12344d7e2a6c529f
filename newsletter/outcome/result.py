"""The classes of what may become of a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """The classes of docs/delivery.md."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"  # surely not taken: try again later
    REJECTED = "rejected"  # this address is refused: final
    IN_DOUBT = "in_doubt"  # may have been taken: never try again by itself


# Codes that are read again when the edition is over, for what they say of the reader.
REFUSED = "refused by the provider"
KNOWN_TO_BOUNCE = "Postmark 406"  # or to complain


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    code: str = ""  # what was answered, without addresses
    message_id: str = ""  # the provider's
    is_suspect: bool = False  # says more of us, or of what carries our mail, than of the reader
    retry_after: float | None = None  # seconds, as asked by whoever refused
    cools: bool = False  # the whole channel is to wait, not this message alone


def unwritable(error: ValueError) -> Result:
    """A header or an address that cannot be written, the reader's or ours: nothing has left."""
    return Result(Outcome.NOT_SENT, f"cannot be written: {type(error).__name__}", is_suspect=True)


def in_doubt(code: str) -> Result:
    """It may have been taken; that it happens at all speaks against what carries our mail."""
    return Result(Outcome.IN_DOUBT, code, is_suspect=True)
