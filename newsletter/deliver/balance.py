"""How an edition stands, counted from the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from newsletter.models import Edition


@dataclass(frozen=True)
class Balance:
    """How many deliveries of an edition stand where; the states always add up to the audience."""

    audience_count: int
    pending: int = 0
    sending: int = 0
    in_doubt: int = 0
    accepted: int = 0
    rejected: int = 0
    suppressed: int = 0
    assumed_sent: int = 0
    expired: int = 0

    @property
    def left_count(self) -> int:
        """Those that the engine still has to do something about."""
        return self.pending + self.sending

    @property
    def doubtful_count(self) -> int:
        """Those that may have arrived or not, now or in the end."""
        return self.in_doubt + self.assumed_sent


def balance_of(edition: Edition) -> Balance:
    rows = edition.deliveries.order_by().values_list("state").annotate(Count("pk"))
    return Balance(audience_count=edition.audience_count, **dict(rows))
