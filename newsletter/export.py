"""Readers as CSV, in columns that newsletter.intake reads back.

Rows are asked for by the few thousand, each time from the last number on: memory stays the same
however many there are, and no transaction is held open while somebody downloads.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from newsletter.intake.headings import SUPPRESSED
from newsletter.models import Consent
from newsletter.models.subscribers import SubscriptionQuerySet, is_suppressed
from newsletter.morning import weekdays
from newsletter.spreadsheet import text_of

AT_ONCE = 2_000  # rows
COLUMNS = {
    "email": "subscriber__email",
    "newsletter": "newsletter__slug",
    "language": "language",
    "state": "state",
    "rhythm": "rhythm",
    "weekdays": "weekdays",
    "hour": "hour",
    "time_zone": "time_zone",
    "paused_until": "paused_until",
    "papers_at_most": "taste__max_entries",
    "topics_first": "taste__favoured",
    "topics_left_out": "taste__muted",
    "asked_at": "confirmation_requested_at",
    "confirmed_at": "confirmed_at",
    "left_at": "unsubscribed_at",
    "known_since": "created_at",
}
FIELDS = ("pk", "is_suppressed", *COLUMNS.values())
ACT = {"language": "wording__language", "wording": "wording__text"}

Values = dict[str, Any]


class Part(NamedTuple):
    text: str
    reader_count: int


def in_state(subscriptions: SubscriptionQuerySet, state: str) -> SubscriptionQuerySet:
    """Those whose column `state` says so; all where it is blank."""
    if state == SUPPRESSED:
        return subscriptions.filter(is_suppressed())
    return subscriptions.unsuppressed().filter(state=state) if state else subscriptions


def export(subscriptions: SubscriptionQuerySet, *, consents: bool = False) -> Iterator[Part]:
    """CSV with a heading (RFC 4180), some thousand lines at a time. Erased readers are not in it.

    Whoever is suppressed has that for a state, so that nobody who reads the column mails them.
    """
    yield Part(text_of([[*COLUMNS, "consents"] if consents else [*COLUMNS]]), 0)
    for chunk in chunks(subscriptions):
        acts = acts_of([row["pk"] for row in chunk]) if consents else None
        yield Part(text_of([cells(row, acts) for row in chunk]), len(chunk))


def chunks(subscriptions: SubscriptionQuerySet) -> Iterator[list[Values]]:
    rows = subscriptions.order_by("pk").filter(subscriber__email__gt="")
    rows = rows.annotate(is_suppressed=is_suppressed())
    last = 0
    while chunk := list(rows.filter(pk__gt=last).values(*FIELDS)[:AT_ONCE]):
        yield chunk
        last = chunk[-1]["pk"]


def acts_of(subscriptions: Sequence[int]) -> dict[int, list[Values]]:
    """What is kept as proof, by subscription."""
    acts = defaultdict(list)
    kept = Consent.objects.filter(subscription__in=subscriptions).values(
        "subscription", "act", "source", "at", "network", *ACT.values()
    )
    for each in kept:
        proof = {name: each[name] for name in ("act", "source", "network")}
        proof |= {name: each[column] or "" for name, column in ACT.items()}
        acts[each["subscription"]].append(proof | {"at": each["at"].isoformat()})
    return acts


def cells(row: Values, acts: dict[int, list[Values]] | None) -> list[str]:
    shown = row | {"weekdays": " ".join(map(str, weekdays(row["weekdays"])))}
    if row["is_suppressed"]:
        shown["state"] = SUPPRESSED
    line = [as_text(shown[column]) for column in COLUMNS.values()]
    if acts is not None:
        line.append(json.dumps(acts.get(row["pk"], []), ensure_ascii=False))
    return line


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return ", ".join(value) if isinstance(value, list) else str(value)
