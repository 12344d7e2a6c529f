"""The editor's desk: who may do what, and how it looks. What the moves mean is decided below it."""

from newsletter.admin import (
    audit,
    channels,
    deliveries,
    editions,
    errata,
    events,
    imports,
    newsletters,
    papers,
    people,
    subscribers,
    summaries,
    suppressions,
    testers,
)

__all__ = [
    "audit",
    "channels",
    "deliveries",
    "editions",
    "errata",
    "events",
    "imports",
    "newsletters",
    "papers",
    "people",
    "subscribers",
    "summaries",
    "suppressions",
    "testers",
]
