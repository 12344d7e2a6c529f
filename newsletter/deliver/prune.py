"""Prune: the ledger's rows are kept for a month, what they add up to for ever."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Now

from newsletter import clock
from newsletter.deliver import report
from newsletter.models import Delivery, Edition, Slice

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)  # after an edition's end
STEP = 10_000  # deliveries a call: a moment's work


def prune_ledger() -> int:
    """Remove some deliveries of an edition that ended a month ago, and at last its slices.

    Its report, what its verification found, and its renditions stay; so does all of it while
    something is in doubt and nobody has settled that. Returns how many deliveries went; to be
    called again and again, by whomever.
    """
    edition = prunable().order_by("pk").first()
    if edition is None:
        return 0
    if edition.pruned_at is None:
        keep_balance(edition)
    count = remove_some(edition)
    logger.info("pruned edition=%s deliveries=%s", edition.pk, count)
    return count


@transaction.atomic
def remove_some(edition: Edition) -> int:
    """The newest slice of all stays, to tell what was pruned from what the database forgot."""
    rows = Delivery.objects.filter(edition=edition)
    count, _ = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:STEP])).delete()
    if not rows.exists():
        newest = Slice.objects.aggregate(newest=Max("pk"))["newest"]
        edition.slices.exclude(pk=newest).delete()
    return count


def prunable() -> QuerySet[Edition]:
    """Editions that are over for long enough, and still have rows that are not in doubt."""
    over = [Edition.State.DONE, Edition.State.CANCELLED, Edition.State.EXPIRED]
    rows = Delivery.objects.filter(edition=OuterRef("pk"))
    ended_at = Coalesce("done_at", "expires_at", "audience_cutoff_at")
    return Edition.objects.annotate(ended_at=ended_at).filter(
        Exists(rows),
        ~Exists(rows.filter(state=Delivery.State.IN_DOUBT)),
        state__in=over,
        ended_at__lt=clock.now() - KEPT,
    )


def keep_balance(edition: Edition) -> None:
    """Before the first row goes: afterwards nobody could count them any more."""
    kept = report.count_report(edition, is_last=True)
    Edition.objects.filter(pk=edition.pk, pruned_at=None).update(
        final_counts=asdict(report.balance_in(kept)), pruned_at=Now()
    )
