"""Evidence: somebody else knows that a message in doubt was taken."""

from __future__ import annotations

from django.db.models.functions import Now

from newsletter.models import Delivery, DeliveryQuerySet, Edition


def accept(deliveries: DeliveryQuerySet, by: str, message_id: str = "") -> int:
    """Those in doubt among them were taken, as `by` tells; returns for how many that was news.

    Whoever waits to be sent once more no longer does. May be repeated. An edition that was
    verified is verified again, as its balance has changed.
    """
    doubtful = Delivery.objects.doubtful().filter(pk__in=deliveries.order_by().values("pk"))
    editions = list(doubtful.values_list("edition", flat=True).distinct())
    known = {"provider_message_id": message_id[:255]} if message_id else {}
    count = doubtful.update(
        state=Delivery.State.ACCEPTED, accepted_at=Now(), resolved_by=by, **known
    )
    Edition.objects.filter(pk__in=editions).update(verified_at=None)
    return count
