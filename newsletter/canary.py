"""The canary: a few readers go first, and the rest when nothing was heard of them for a while."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from django.db.models import Sum

from newsletter import clock
from newsletter.models import Edition


def allowance(edition: Edition) -> int | None:
    """How many more of its mails may be claimed now; None when that is no matter.

    Counted from the slices of the edition, so that it holds over a restart: first as many as
    `canary_percent` of the audience, then none until `canary_wait` after the last of them was
    accepted, then all. Who was not accepted is not among them; another goes in their place.
    """
    newsletter = edition.newsletter
    if not newsletter.canary_percent:
        return None
    first = ceil(edition.audience_count * newsletter.canary_percent / 100)
    released = released_at(edition, first)
    if released is None:
        return missing(edition, first)
    return 0 if clock.now() < released + newsletter.canary_wait else None


def released_at(edition: Edition, first: int) -> datetime | None:
    """When the last of the first ones was settled; None while they are not all accepted.

    It stays that moment: what settles later comes behind it.
    """
    settled = edition.slices.filter(settled_at__isnull=False).order_by("settled_at", "pk")
    accepted = 0
    for count, moment in settled.values_list("accepted_count", "settled_at").iterator():
        accepted += count
        if accepted >= first:
            return moment
    return None


def missing(edition: Edition, first: int) -> int:
    """How many of the first ones are neither accepted nor in a sender's hands."""
    unsettled = edition.slices.filter(settled_at=None)
    in_hand = unsettled.aggregate(count=Sum("size", default=0))["count"]
    accepted = edition.slices.aggregate(count=Sum("accepted_count", default=0))["count"]
    return max(0, first - int(in_hand) - int(accepted))
