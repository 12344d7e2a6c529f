"""I3 to I7 and I10, as far as the ledger's own rows can tell them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, F, Min, OuterRef, Q, Subquery

from newsletter.models import Delivery, DeliveryQuerySet, Edition, Slice
from newsletter.verify.found import MOST_EXAMPLES, Found, found

State = Delivery.State
MOMENT = timedelta(seconds=2)  # between a reader's click, by one clock, and its commit
MAY_HAVE_LEFT = (State.SENDING, State.IN_DOUBT, State.ACCEPTED, State.ASSUMED_SENT)


def same_reader(edition: Edition) -> Found:
    return twice(edition.deliveries.all(), "subscriber")


def same_address(edition: Edition) -> Found:
    """A Message-ID is made from the delivery's id, so it is as unique as the row."""
    return twice(edition.deliveries.all(), "address_key")


def twice(deliveries: DeliveryQuerySet, column: str) -> Found:
    groups = deliveries.order_by().values(column).annotate(rows=Count("*"), first=Min("pk"))
    doubled = groups.filter(rows__gt=1)
    count = doubled.count()
    return Found(count, list(doubled.values_list("first", flat=True)[:MOST_EXAMPLES]))


def resent_without_doubt(edition: Edition) -> Found:
    return found(edition.deliveries.filter(resent_at__isnull=False, in_doubt_at=None))


def never_claimed(edition: Edition) -> Found:
    return found(edition.deliveries.filter(state__in=MAY_HAVE_LEFT, fence=0))


def left_behind(edition: Edition) -> Found:
    """Of an edition that is done, nothing is on its way and nothing waits."""
    if edition.state != Edition.State.DONE:
        return Found()
    unfinished = (State.PENDING, State.SENDING, State.IN_DOUBT)
    return found(edition.deliveries.filter(state__in=unfinished))


def after_leaving(edition: Edition) -> Found:
    """Rows that were claimed after their reader had left, and had not come back.

    A slice that was claimed before may go on for a moment. Who was to be sent to once more and left
    meanwhile may turn out to have got the first mail: that is no breach.
    """
    readers = edition.subscriptions.filter(unsubscribed_at__gte=edition.audience_cutoff_at)
    own = readers.filter(subscriber=OuterRef("subscriber"))
    rows = edition.deliveries.filter(
        state__in=MAY_HAVE_LEFT, subscriber__in=readers.values("subscriber")
    ).annotate(
        left_at=Subquery(own.values("unsubscribed_at")),
        confirmed_at=Subquery(own.values("confirmed_at")),
        claimed_at=Subquery(Slice.objects.filter(pk=OuterRef("fence")).values("claimed_at")),
    )
    had_come_back = Q(confirmed_at__gt=F("left_at"), confirmed_at__lte=F("claimed_at"))
    first_mail = Q(state=State.ACCEPTED, resent_at__isnull=False)
    late = rows.filter(claimed_at__gt=F("left_at") + MOMENT)
    return found(late.exclude(had_come_back).exclude(first_mail))


def foreign_rendition(edition: Edition) -> Found:
    approved = edition.renditions.filter(frozen_at__isnull=False)
    return found(edition.deliveries.exclude(rendition__in=approved.values("pk")))
