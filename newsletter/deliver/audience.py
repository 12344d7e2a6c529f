"""Who gets an edition: the confirmed readers of one moment, written down before anything leaves."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from newsletter.models import Delivery, Edition, Subscription

SLICE = 5_000  # rows a transaction


def freeze_audience(edition: Edition) -> None:
    """A pending Delivery for each reader confirmed at the cutoff. Goes on where a killed run
    stopped: the watermark moves in the same transaction as the rows."""
    if edition.audience_max_id is None:
        newest = Subscription.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        Edition.objects.filter(pk=edition.pk, audience_max_id=None).update(audience_max_id=newest)
    while freeze_slice(edition):
        pass
    edition.refresh_from_db()


def freeze_slice(edition: Edition) -> bool:
    """The next rows in key order; False when there are no more."""
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition.pk)
        readers = list(
            Subscription.objects.mailable()
            .filter(
                newsletter=row.newsletter_id,
                confirmed_at__lte=row.audience_cutoff_at,
                pk__gt=row.audience_watermark,
                pk__lte=row.audience_max_id,
            )
            .select_related("subscriber")
            .order_by("pk")[:SLICE]
        )
        if not readers:
            return False
        Delivery.objects.bulk_create(deliveries(row, readers), ignore_conflicts=True)
        Edition.objects.filter(pk=row.pk).update(audience_watermark=readers[-1].pk)
    return True


def deliveries(edition: Edition, readers: list[Subscription]) -> list[Delivery]:
    frozen = edition.renditions.filter(frozen_at__isnull=False)
    renditions = {rendition.language: rendition for rendition in frozen}
    main = edition.languages[0]
    return [
        Delivery(
            edition=edition,
            subscriber=reader.subscriber,
            rendition=renditions.get(reader.language, renditions[main]),
            address_key=reader.subscriber.address_key,
            not_before=edition.not_before or timezone.now(),
        )
        for reader in readers
    ]
