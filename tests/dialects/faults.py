"""What may be wrong with a provider's answer."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

from tests.dialects.dialect import Copy


@dataclass(frozen=True)
class Fault:
    """Something wrong with some of the calls.

    Before the call is taken, unless it is `after`: "status" (with `status`, `error` for Amazon's
    name of it, and `retry_after`: seconds, or "date" for a date in two minutes), "reset", "stall"
    (for `seconds`, then all goes on). With the answer to a call that was taken: "cut" (half of it),
    "bad_json", "page" (of HTML), "trickle" (an octet every `seconds`), "reversed", "short" and
    "long" (an entry less, or more), "refuse_some" (every third reader).
    """

    kind: str
    status: int = 0
    error: str = ""
    retry_after: str = ""
    after: bool = False
    seconds: float = 0
    every: int = 1  # of the calls
    share: float = 1.0  # of those, at random
    times: int | None = None  # at most

    def strikes(self, number: int, struck: int) -> bool:
        spent = self.times is not None and struck >= self.times
        return not spent and number % self.every == 0 and random.random() < self.share


def distorted(items: list, fault: Fault | None) -> list:
    kind = fault.kind if fault else ""
    if kind == "reversed":
        return items[::-1]
    if kind == "short":
        return items[:-1]
    return items + [(Copy("other@example.org", "", "", "", ""), uuid4().hex)] * (kind == "long")


def moment(retry_after: str) -> str:
    if retry_after != "date":
        return retry_after
    return format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
