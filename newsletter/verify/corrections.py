"""I1 of a correction: it goes to those who have the edition that it corrects, and to nobody else.

Both are told by that edition's rows, as long as its ledger has them. What is pending there again,
or was refused since, has a slice: it may have left when the correction's audience was frozen.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q

from newsletter.models import Delivery, Edition, Suppression
from newsletter.verify.found import Found, found

MOMENT = timedelta(seconds=10)


def missing(correction: Edition) -> Found:
    """Readers who had it by then, are neither gone nor on a pause nor suppressed, and have no
    row."""
    corrected, cutoff = correction.corrects, correction.audience_cutoff_at
    if corrected is None or corrected.pruned_at or cutoff is None:
        return Found()
    key, reader = OuterRef("subscriber"), OuterRef("subscriber")
    had = corrected.deliveries.filter(
        subscriber=key, state=Delivery.State.ACCEPTED, accepted_at__lte=cutoff - MOMENT
    )
    own = Delivery.objects.filter(edition=correction, subscriber=reader)
    suppressed = Suppression.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=cutoff - MOMENT),
        address_key=OuterRef("subscriber__address_key"),
    )
    gone = Q(unsubscribed_at__gt=F("confirmed_at"))
    chosen_since = Q(chosen_at__isnull=False, chosen_at__gt=cutoff - MOMENT)
    readers = (
        correction.subscriptions.filter(
            pk__lte=correction.audience_max_id, confirmed_at__lte=cutoff - MOMENT
        )
        .exclude(gone)
        .exclude(chosen_since)
        .exclude(paused_until__isnull=False, paused_until__gt=cutoff - MOMENT)
    )
    return found(readers.filter(Exists(had), ~Exists(own), ~Exists(suppressed)))


def extra(correction: Edition) -> Found:
    """Rows of readers to whom nothing of the edition ever left."""
    corrected = correction.corrects
    if corrected is None or corrected.pruned_at:
        return Found()
    had = corrected.deliveries.filter(subscriber=OuterRef("subscriber"), fence__gt=0)
    return found(correction.deliveries.filter(~Exists(had)))
