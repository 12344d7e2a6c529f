"""Supplement: an edition that is done goes to those without it as well, when an editor says so.

To readers who confirmed after its audience was frozen, and to those whose mail was rejected, has
not left in time, or is in doubt. The rows of the first are added, those of the others are pending
once more; then the edition is sent as ever. Nobody gets it twice: a reader and an address have one
row, and what is in doubt is sent again once, whoever orders it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from newsletter import clock
from newsletter.deliver import audience
from newsletter.deliver.audience import Part
from newsletter.deliver.dialect import Variant
from newsletter.deliver.doubt import make_pending, never_ordered_again
from newsletter.deliver.ledger import mailable
from newsletter.deliver.progress import standing
from newsletter.models import (
    Delivery,
    DeliveryQuerySet,
    Edition,
    Subscription,
    Supplement,
    WrongState,
)
from newsletter.models.subscribers import SubscriptionQuerySet

logger = logging.getLogger(__name__)

State = Delivery.State
Whom = Supplement.Whom
STEP = 10_000  # rows a transaction


def can_be_supplemented(edition: Edition) -> bool:
    """It is done, its ledger has its rows, and it is no correction: those go to who has the
    edition, and so none of it is under way."""
    return (
        edition.state == Edition.State.DONE
        and edition.pruned_at is None
        and edition.corrects_id is None
        and not edition.corrections.unfinished().exists()
    )


def without_it(edition: Edition) -> dict[Whom, int]:
    """How many there are of each kind, at most: some may have left since."""
    balance = standing(edition)
    return {
        Whom.NEWCOMERS: newcomers(edition).count(),
        Whom.REJECTED: balance.rejected,
        Whom.EXPIRED: balance.expired,
        Whom.DOUBTFUL: balance.doubtful_count,
    }


def newcomers(edition: Edition) -> SubscriptionQuerySet:
    """Readers who confirmed since it was last asked who they are, whatever else they chose."""
    mailable_now = edition.subscriptions.mailable().filter(rhythm=edition.rhythm)
    return mailable_now.filter(confirmed_at__gt=asked_until(edition))


def order(edition: Edition, whom: Iterable[str], by: str) -> Supplement:
    """Have it sent to those, too, within the newsletter's usual time from now on.

    `edition` is as the editor saw it. Raises WrongState when it is not that any more, so that a
    second click orders nothing, or when nobody is named.
    """
    chosen = [each.value for each in Whom if each in set(whom)]
    if not chosen:
        raise WrongState(f"{edition} has no such readers to go to; choose some")
    if not can_be_supplemented(edition):
        raise WrongState(
            f"{edition} is {edition.state}; only one that is done, with no correction of it under "
            "way, goes to those without it"
        )
    with transaction.atomic():
        now = clock.now()
        edition.move(
            Edition.State.FREEZING,
            come_from=[Edition.State.DONE],
            done_at=None,
            final_counts={},
            verified_at=None,
            expires_at=max(edition.expires_at or now, now + edition.newsletter.expires_after),
        )
        supplement = Supplement.objects.create(
            edition=edition,
            whom=chosen,
            ordered_by=by,
            since=asked_until(edition),
            cutoff_at=now,
            after_delivery_id=Delivery.objects.aggregate(Max("pk"))["pk__max"] or 0,
            max_id=Subscription.objects.aggregate(Max("pk"))["pk__max"] or 0,
        )
    logger.info("supplement edition=%s whom=%s", edition.pk, supplement.whom)
    return supplement


def fill(edition: Edition) -> None:
    """Write the rows that an open order asks for. Goes on where a killed run stopped."""
    supplement = edition.supplements.filter(filled_at=None).first()
    if supplement is None:
        return
    if Whom.NEWCOMERS in supplement.whom:
        variants = audience.variants_of(edition)
        while add_some(supplement, variants):
            pass
    for rows in left_behind(edition, supplement.whom):
        while take_up_some(supplement, rows, f"order {supplement.ordered_by}"):
            pass
    Supplement.objects.filter(pk=supplement.pk).update(filled_at=Now())


def add_some(supplement: Supplement, variants: Sequence[Variant]) -> bool:
    """The next newcomers in key order; False when there are no more. Their rows and the watermark
    move together."""
    with transaction.atomic():
        row = locked(supplement)
        if row is None:
            return False
        edition = row.edition
        up_to = audience.end_of_slice(edition, row.watermark, row.max_id)
        if up_to is None:
            return False
        part = Part(row.watermark, up_to, row.cutoff_at, since=row.since)
        count = audience.insert(edition, part, variants)
        Edition.objects.filter(pk=edition.pk).update(audience_count=F("audience_count") + count)
        Supplement.objects.filter(pk=row.pk).update(watermark=up_to)
    return True


def locked(supplement: Supplement) -> Supplement | None:
    """As it stands, with its edition locked, so that two who fill it take turns; None once somebody
    else has filled it, or its edition was cancelled."""
    edition = Edition.objects.select_for_update().get(pk=supplement.edition_id)
    if edition.state != Edition.State.FREEZING:
        return None
    rows = Supplement.objects.select_related("edition__newsletter")
    return rows.filter(pk=supplement.pk, filled_at=None).first()


def left_behind(edition: Edition, whom: Iterable[str]) -> list[DeliveryQuerySet]:
    """The rows of readers who may still be mailed, and have surely not got it, or may not have."""
    rows = edition.deliveries.filter(mailable(edition))
    chosen = {
        Whom.REJECTED: surely_unsent(rows).filter(state=State.REJECTED),
        Whom.EXPIRED: surely_unsent(rows).filter(state=State.EXPIRED),
        Whom.DOUBTFUL: never_ordered_again(rows),
    }
    return [chosen[each] for each in Whom if each in whom and each in chosen]


@transaction.atomic
def take_up_some(supplement: Supplement, rows: DeliveryQuerySet, by: str) -> int:
    """Make some pending that are not; how many. Each state is asked of the row itself once more."""
    if locked(supplement) is None:
        return 0
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:STEP])
    some = Delivery.objects.filter(pk__in=keys)
    count = make_pending(some, by)
    now = {"not_before": Now(), "expires_at": None, "error_class": "", "error_code": ""}
    return count + surely_unsent(some).update(state=State.PENDING, **now)


def surely_unsent(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """What was sent again after a doubt may have arrived the first time, whatever came of it."""
    return rows.filter(state__in=[State.REJECTED, State.EXPIRED], resent_at=None)


def asked_until(edition: Edition) -> datetime:
    """Up to when its readers have been asked for."""
    assert edition.audience_cutoff_at  # as it is done
    asked = edition.supplements.values_list("whom", "cutoff_at")
    return max([edition.audience_cutoff_at, *(at for whom, at in asked if Whom.NEWCOMERS in whom)])
