"""Verify: after an edition, ask the ledger whether every promise of docs/delivery.md was kept.

Each invariant is a query or two over whole tables, so that a million deliveries take seconds;
rows are looked at only where one is broken.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils.functional import Promise

from newsletter.deliver.report import balance_in, count_report
from newsletter.models import Edition, Slice
from newsletter.verify import sink
from newsletter.verify.checks import CHECKS, PROMISES
from newsletter.verify.found import Found

__all__ = [
    "PROMISES",
    "Breach",
    "compare",
    "known_breaches",
    "record",
    "unverified",
    "verify_edition",
]

logger = logging.getLogger(__name__)

OVER = (Edition.State.DONE, Edition.State.CANCELLED, Edition.State.EXPIRED)


@dataclass(frozen=True)
class Breach:
    """One thing that should not be: how many rows are concerned, and the ids of ten at most."""

    check: str
    count: int
    examples: list[int] = field(default_factory=list)

    @property
    def invariant(self) -> str:
        return CHECKS[self.check].invariant

    @property
    def sentence(self) -> str:
        """In plain words, in the active language."""
        return str(CHECKS[self.check].sentence % {"count": self.count})

    @property
    def kind(self) -> Promise:
        """What the ids are of."""
        return CHECKS[self.check].kind


def verify_edition(edition: Edition) -> list[Breach]:
    """What the database can tell of the invariants I1 to I11, each broken one at least once.

    Also while the edition is being sent. Changes nothing. Raises ValueError where there is nothing
    to tell: its audience is not frozen yet, or its ledger is pruned.
    """
    if edition.audience_frozen_at is None:
        raise ValueError(f"{edition} has not begun to leave: there is nothing to verify")
    if edition.pruned_at is not None:
        raise ValueError(f"{edition} is older than its ledger is kept; it was verified before")
    return breaches({name: check.look(edition) for name, check in CHECKS.items() if check.look})


def compare(edition: Edition, journal: Iterable[str]) -> list[Breach]:
    """What a test's sink can tell of it besides: the truth of what arrived. Raises ValueError where
    a line of its journal cannot be read."""
    return breaches(sink.compare(edition, journal))


def breaches(found: dict[str, Found]) -> list[Breach]:
    return [Breach(name, each.count, each.examples) for name, each in found.items() if each.count]


def record(edition: Edition) -> list[Breach]:
    """Verify an edition that is over, and keep with it what was found, and its report. May be
    repeated."""
    broken = verify_edition(edition)
    balance = balance_in(count_report(edition))
    row = Edition.objects.filter(pk=edition.pk, state__in=OVER)
    row.update(verified_at=Now(), breaches=[asdict(breach) for breach in broken])
    if not balance.left_count and not balance.in_doubt:
        row.update(final_counts=asdict(balance))
    for breach in broken:
        logger.error(
            "verify edition=%s %s %s count=%s examples=%s",
            *(edition.pk, breach.invariant, breach.check, breach.count, breach.examples),
        )
    logger.info("verified edition=%s breaches=%s", edition.pk, len(broken))
    edition.refresh_from_db()
    return broken


def known_breaches(edition: Edition) -> list[Breach]:
    """What the last verification found."""
    return [Breach(**kept) for kept in edition.breaches if kept["check"] in CHECKS]


def unverified() -> QuerySet[Edition]:
    """Editions that are over, of which something was sent, and which were not verified since their
    ledger last changed."""
    sent = Slice.objects.filter(edition=OuterRef("pk"))
    return Edition.objects.filter(
        Exists(sent),
        state__in=OVER,
        audience_frozen_at__isnull=False,
        verified_at=None,
        pruned_at=None,
    )
