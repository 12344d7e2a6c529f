"""What a check found: how many, and which ones for example."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Model, QuerySet

MOST_EXAMPLES = 10


@dataclass(frozen=True)
class Found:
    count: int = 0
    examples: list[int] = field(default_factory=list)  # ids, never addresses


def found(broken: QuerySet[Model]) -> Found:
    """Counted by the database; the rows are asked for only where there are any."""
    count = broken.count()
    if not count:
        return Found()
    return Found(count, list(broken.order_by("pk").values_list("pk", flat=True)[:MOST_EXAMPLES]))


def added(parts: Iterable[Found]) -> Found:
    """What was found in several places."""
    parts = list(parts)
    examples = [example for part in parts for example in part.examples]
    return Found(sum(part.count for part in parts), sorted(examples)[:MOST_EXAMPLES])
