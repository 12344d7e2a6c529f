"""When two readers become one, as the one moves to the address that the other is read at: no
mailbox gets an edition twice."""

from __future__ import annotations

from django.db.models import Q

from newsletter.models import Delivery, DeliveryQuerySet, Edition, Newsletter, Subscriber

State = Delivery.State


def hold_audiences() -> None:
    """No audience grows until the transaction is over, so that none is in it twice, or not."""
    list(Edition.objects.select_for_update().filter(state=Edition.State.FREEZING))


def end_doubles(newsletter: Newsletter, leaving: Subscriber, staying: Subscriber) -> None:
    """Of two who had one newsletter, the one who stays gets what the other has not got.

    In this order, and in the transaction that moves the address: what a sender claims meanwhile is
    seen as claimed. Of an audience that is not complete the one who stays may not have a row yet,
    and could not get one beside the other's with the same key.
    """
    rows = rows_of(newsletter)
    theirs = rows.filter(subscriber=leaving)
    hand_over(newsletter, leaving, staying, edition__state=Edition.State.FREEZING)
    theirs.filter(state=State.PENDING).update(state=State.SUPPRESSED)
    left = theirs.filter(state__in=[State.SENDING, State.ACCEPTED]) | theirs.doubtful()
    mine = rows.filter(subscriber=staying, state=State.PENDING)
    mine.filter(edition__in=left.values("edition")).update(state=State.SUPPRESSED)


def hand_over(
    newsletter: Newsletter, leaving: Subscriber, staying: Subscriber, **which: object
) -> None:
    """The ledger of a newsletter that only the other had goes on under the one who stays."""
    rows = rows_of(newsletter)
    has = rows.filter(subscriber=staying).values("edition")
    theirs = rows.filter(subscriber=leaving, **which)
    theirs.exclude(edition__in=has).update(subscriber=staying)


def rows_of(newsletter: Newsletter) -> DeliveryQuerySet:
    """Its roundup's, too. Without a join: an UPDATE with one asks for the state inside a subquery,
    which PostgreSQL does not ask again of a row that it had to wait for."""
    its = Edition.objects.filter(Q(newsletter=newsletter) | Q(newsletter__roundup_of=newsletter))
    return Delivery.objects.filter(edition__in=its)
