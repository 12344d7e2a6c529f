"""The editor's desk: who may do what, and how it looks. What the moves mean is decided below it."""

from newsletter.admin import (
    approved,
    channels,
    deliveries,
    editions,
    events,
    imports,
    newsletters,
    people,
    subscribers,
    suppressions,
    testers,
)

__all__ = [
    "approved",
    "channels",
    "deliveries",
    "editions",
    "events",
    "imports",
    "newsletters",
    "people",
    "subscribers",
    "suppressions",
    "testers",
]
