"""Change of address: a reader asks, both addresses say yes, and every subscription moves.

The old address is asked, since whoever was forwarded a mail can open the settings; the new one,
since nobody is mailed who has not said so there. What becomes of the ledger: docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from newsletter.asking import PAUSE_BETWEEN_ASKINGS, may_be_asked, may_be_sent, suppression_of
from newsletter.consent import Origin
from newsletter.deliver.merged import end_doubles, hand_over, hold_audiences
from newsletter.known import ERASED, forget, unchosen
from newsletter.links import MOVE_LASTS
from newsletter.models import (
    AddressChange,
    Agreement,
    Consent,
    Notice,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.models.subscribers import address_key
from newsletter.subscribe import subscriber_at

Kind = Notice.Kind
Side = Agreement.Side
State = Subscription.State
ACTS = {Side.OLD: Consent.Act.LET_GO, Side.NEW: Consent.Act.MOVED}


@transaction.atomic
def ask_to_move(subscription: Subscription, email: str) -> None:
    """Have both addresses asked. Links of an earlier change are void from then on.

    May be repeated: asking for the same address within a day keeps what is under way. The old
    address is mailed whatever is known of the new one, so that the asker learns nothing of it.
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    now, key = timezone.now(), address_key(email)
    if not subscriber.email or key == subscriber.address_key:
        return
    if is_under_way(subscriber, key, now):
        return
    if not may_be_sent(Kind.MOVE_FROM, subscriber.address_key, now, pause=timedelta()):
        return
    AddressChange.objects.filter(subscriber=subscriber).delete()
    AddressChange.objects.create(
        subscriber=subscriber, subscription=subscription, email=email, address_key=key, asked_at=now
    )
    asked = {Kind.MOVE_FROM: subscriber.address_key}
    if may_be_asked(key, now, suppression_of(key)):
        asked[Kind.MOVE_TO] = key
    Notice.objects.bulk_create(
        Notice(subscription=subscription, address_key=address, kind=kind, due_at=now)
        for kind, address in asked.items()
    )


def is_under_way(subscriber: Subscriber, key: str, now: datetime) -> bool:
    return AddressChange.objects.filter(
        subscriber=subscriber,
        address_key=key,
        moved_at=None,
        asked_at__gt=now - PAUSE_BETWEEN_ASKINGS,
    ).exists()


def is_open(change: AddressChange) -> bool:
    """Whether a yes to it counts: it has not expired, and is still somebody's who reads."""
    return (
        change.moved_at is None
        and change.asked_at > timezone.now() - MOVE_LASTS
        and change.subscriber.subscriptions.filter(state=State.CONFIRMED).exists()
    )


@transaction.atomic
def agree(change: AddressChange, side: Side, origin: Origin) -> None:
    """Say yes at one of the addresses; when both have, everything moves at once.

    May be repeated; of two who press at the same moment, the second moves. Nothing happens to a
    change that is void. With a suppressed address it waits, as for somebody who does not answer.
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=change.subscriber_id)
    held = AddressChange.objects.filter(pk=change.pk, subscriber=subscriber).first()
    if held is None or not is_open(held):
        return
    now = timezone.now()
    Agreement.objects.get_or_create(
        change=held,
        side=side,
        defaults={"at": now, "network": origin.network, "wording": origin.keep_wording()},
    )
    keys = (subscriber.address_key, held.address_key)
    if held.agreements.count() == len(Side) and not is_suppressed(keys):
        move(held, subscriber, now)


def is_suppressed(keys: Iterable[str]) -> bool:
    return Suppression.objects.holding().filter(address_key__in=keys).exists()


def move(change: AddressChange, subscriber: Subscriber, now: datetime) -> None:
    """The address, with all of its reader's subscriptions. Nothing of the old one stays but keys:
    in the ledger until it is pruned, and of what was asked there, for a month."""
    there = subscriber_at(change.email)
    mine = subscriber.subscriptions.all()
    note_consents(change, mine.filter(state=State.CONFIRMED))
    mine.filter(state=State.PENDING).update(confirmation_requested_at=None)  # asked of the old one
    Notice.objects.filter(subscription__in=mine).update(subscription=None)  # links mailed there
    Notice.objects.filter(address_key=change.address_key, kind=Kind.MOVE_TO).delete()  # answered
    merge(there, subscriber, now)
    Subscriber.objects.filter(pk=subscriber.pk).update(
        email=change.email, address_key=change.address_key
    )
    AddressChange.objects.filter(pk=change.pk).update(email="", moved_at=now)


def merge(other: Subscriber, into: Subscriber, now: datetime) -> None:
    """Give up an address to a reader who moves there, and what was read at it: what both had goes
    on as the one who moves has chosen. Nothing is left of whoever had nothing."""
    hold_audiences()
    mine = {each.newsletter_id: each for each in into.subscriptions.select_for_update()}
    theirs = list(other.subscriptions.select_for_update(of=("self",)).select_related("newsletter"))
    for each in theirs:
        if kept := mine.get(each.newsletter_id):
            become_one(each, kept, now)
            end_doubles(each.newsletter, other, into)
        else:
            Subscription.objects.filter(pk=each.pk).update(subscriber=into)
            hand_over(each.newsletter, other, into)
    if not theirs and not other.deliveries.exists():
        other.delete()
        return
    forget(AddressChange.objects.filter(subscriber=other))
    Subscriber.objects.filter(pk=other.pk).update(email="", address_key=ERASED.format(pk=other.pk))


def become_one(theirs: Subscription, kept: Subscription, now: datetime) -> None:
    """End one subscription in another to the same newsletter; its links lead there from then on.

    Where only the one that ends was being read, the other is read from now on, as chosen there.
    """
    row = Subscription.objects.filter(pk=theirs.pk)
    if theirs.state == State.CONFIRMED != kept.state:
        Subscription.objects.filter(pk=kept.pk).update(
            state=State.CONFIRMED,
            confirmed_at=now,
            confirmation_requested_at=None,
            chosen_at=theirs.chosen_at,
            **{name: getattr(theirs, name) for name in unchosen()},
        )
    row.filter(state=State.CONFIRMED).update(unsubscribed_at=now)
    row.update(
        state=State.UNSUBSCRIBED,
        confirmation_requested_at=None,
        merged_into=kept,
        chosen_at=now,
        **unchosen(),
    )
    Subscription.objects.filter(merged_into=theirs).update(merged_into=kept)


def note_consents(change: AddressChange, moved: QuerySet[Subscription]) -> None:
    """What both have pressed, with each subscription that moves."""
    agreements = list(change.agreements.all())
    Consent.objects.bulk_create(
        Consent(
            subscription=subscription,
            act=ACTS[Side(agreement.side)],
            source=Consent.Source.MAIL,
            wording_id=agreement.wording_id,
            network=agreement.network,
            at=agreement.at,
        )
        for subscription in moved
        for agreement in agreements
    )


def forget_changes() -> None:
    """Erase changes whose links have expired."""
    forget(AddressChange.objects.filter(asked_at__lt=timezone.now() - MOVE_LASTS))
