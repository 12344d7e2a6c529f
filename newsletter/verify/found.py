"""What a check found: how many, and which ones for example."""

from __future__ import annotations

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
