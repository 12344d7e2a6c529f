"""The editor's desk: who may do what, and how it looks. What the moves mean is decided below it."""

from newsletter.admin import deliveries, editions, newsletters, people, subscribers

__all__ = ["deliveries", "editions", "newsletters", "people", "subscribers"]
