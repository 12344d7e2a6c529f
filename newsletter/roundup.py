"""The weekly roundup: a newsletter of its own that prints the best of another one's week."""

from __future__ import annotations

from datetime import timedelta

from newsletter.models import Edition
from newsletter.models.editions import EditionQuerySet

WEEK = timedelta(days=7)


def week_of(edition: Edition) -> EditionQuerySet:
    """The editions that a roundup sums up: those of the seven days that end with its date, but for
    those that never came out."""
    ended = (Edition.State.SKIPPED, Edition.State.EXPIRED, Edition.State.CANCELLED)
    editions = Edition.objects.filter(
        newsletter=edition.newsletter.roundup_of,
        date__gt=edition.date - WEEK,
        date__lte=edition.date,
        corrects=None,
    )
    return editions.exclude(state__in=ended, audience_frozen_at=None)


def is_week_over(edition: Edition) -> bool:
    """Whether no edition of its week is still to be built."""
    building = (Edition.State.SCHEDULED, Edition.State.COLLECTING)
    return not week_of(edition).filter(state__in=building).exists()
