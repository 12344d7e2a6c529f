"""I4, I5, I6 and I9 against the truth: the journal of the sink that a test has sent to.

A line is a JSON object: `message_id` or, of a provider, the metadata `delivery`; `accepted` (true
or false); and `at`, in seconds since 1970. What names no delivery of the edition is other mail, and
passed over; so is a line that is torn, as a sink that was killed while it wrote has answered
nothing.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Max

from newsletter.message import delivery_of_message_id
from newsletter.models import Delivery, Edition
from newsletter.pace import BURST
from newsletter.verify.found import MOST_EXAMPLES, Found

State = Delivery.State
MAY_HAVE_ARRIVED = {State.SENDING, State.IN_DOUBT, State.ACCEPTED, State.ASSUMED_SENT}
# Of an edition that is over, whoever got nothing ends in one of these.
LISTED = {State.REJECTED, State.SUPPRESSED, State.EXPIRED, State.IN_DOUBT, State.ASSUMED_SENT}
HELD_UP = 0.25  # seconds between a claim and the arrival; what took longer is no burst of ours


@dataclass
class Arrivals:
    """What a sink has accepted."""

    copies: Counter[int] = field(default_factory=Counter)  # delivery → how often
    moments: list[tuple[float, int]] = field(default_factory=list)  # of which delivery


def compare(edition: Edition, journal: Iterable[str]) -> dict[str, Found]:
    """By check, what disagrees. Raises ValueError for a line of another shape."""
    rows = {
        pk: (state, resent_at is not None)
        for pk, state, resent_at in edition.deliveries.values_list("pk", "state", "resent_at")
    }
    arrivals = read(journal, rows)
    arrived = arrivals.copies
    is_over = edition.state not in Edition.UNFINISHED
    return {
        "sent_twice": those(pk for pk, often in arrived.items() if often > 1 + rows[pk][1]),
        # Who was to be sent to again, and then was not, may have got the first mail.
        "unknown": those(
            pk for pk in arrived if rows[pk][0] not in MAY_HAVE_ARRIVED and not rows[pk][1]
        ),
        "made_up": those(
            pk for pk, (state, _) in rows.items() if state == State.ACCEPTED and pk not in arrived
        ),
        "lost": those(
            pk
            for pk, (state, _) in rows.items()
            if is_over and pk not in arrived and state not in LISTED | {State.ACCEPTED}
        ),
        "burst": Found(excess(edition, arrivals.moments)),
    }


def those(broken: Iterable[int]) -> Found:
    ids = sorted(broken)
    return Found(len(ids), ids[:MOST_EXAMPLES])


def read(journal: Iterable[str], ours: Iterable[int]) -> Arrivals:
    known, arrivals = set(ours), Arrivals()
    for number, line in enumerate(journal, start=1):
        try:
            delivery_id, moment = arrival(line)
        except (KeyError, TypeError) as error:
            raise ValueError(f"line {number} of the sink's journal: {error!r}") from error
        if delivery_id in known:
            arrivals.copies[delivery_id] += 1
            arrivals.moments.append((moment, delivery_id))
    return arrivals


def arrival(line: str) -> tuple[int | None, float]:
    """The delivery that a line tells of, and when it came; None where nothing of ours was taken."""
    try:
        noted = json.loads(line)
    except ValueError:
        return None, 0.0
    if not noted["accepted"]:
        return None, 0.0
    name = noted.get("delivery") or noted["message_id"] or ""
    return delivery_of_message_id(name), float(noted["at"])


def excess(edition: Edition, arrivals: list[tuple[float, int]]) -> int:
    """How many more than the rates allow arrived in the fullest second.

    Counted are those that arrived soon after their claim. So all that arrived within a second was
    granted within that and `HELD_UP`: what the rate allows in that time, and what the bucket held.
    """
    slices = edition.slices.order_by()
    if slices.filter(rate=None).exists():
        return 0
    late_after = {pk: at.timestamp() + HELD_UP for pk, at in slices.values_list("pk", "claimed_at")}
    fences = dict(edition.deliveries.values_list("pk", "fence"))
    moments = sorted(
        moment
        for moment, delivery_id in arrivals
        if moment < late_after.get(fences[delivery_id], math.inf)
    )
    if not moments:
        return 0
    rates = slices.values("channel").annotate(rate=Max("rate")).values_list("rate", flat=True)
    fullest = max(bisect_right(moments, moment + 1) - place for place, moment in enumerate(moments))
    allowed = sum(rate * (1 + HELD_UP) + max(1, rate * BURST) for rate in rates)
    return max(0, fullest - int(allowed) - 1)
