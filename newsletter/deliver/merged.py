"""When two readers become one, as the one moves to the address that the other is read at: no
mailbox gets an edition twice."""

from __future__ import annotations

from django.db.models import Q

from newsletter.models import Delivery, DeliveryQuerySet, Edition, Newsletter, Subscriber

State = Delivery.State


def end_doubles(newsletter: Newsletter, leaving: Subscriber, staying: Subscriber) -> None:
    """Of two who had one newsletter, the one who stays gets what the other has not got.

    In this order, and in the transaction that moves the address: what a sender claims meanwhile is
    seen as claimed.
    """
    rows = rows_of(newsletter)
    theirs = rows.filter(subscriber=leaving)
    theirs.filter(state=State.PENDING).update(state=State.SUPPRESSED)
    left = theirs.filter(state__in=[State.SENDING, State.ACCEPTED]) | theirs.doubtful()
    mine = rows.filter(subscriber=staying, state=State.PENDING)
    mine.filter(edition__in=left.values("edition")).update(state=State.SUPPRESSED)


def hand_over(newsletter: Newsletter, leaving: Subscriber, staying: Subscriber) -> None:
    """The ledger of a newsletter that only the other had goes on under the one who stays."""
    rows = rows_of(newsletter)
    has = rows.filter(subscriber=staying).values("edition")
    rows.filter(subscriber=leaving).exclude(edition__in=has).update(subscriber=staying)


def rows_of(newsletter: Newsletter) -> DeliveryQuerySet:
    """Its roundup's, too. Without a join: an UPDATE with one asks for the state inside a subquery,
    which PostgreSQL does not ask again of a row that it had to wait for."""
    its = Edition.objects.filter(Q(newsletter=newsletter) | Q(newsletter__roundup_of=newsletter))
    return Delivery.objects.filter(edition__in=its)
