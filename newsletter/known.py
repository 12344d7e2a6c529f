"""Everything that is known of a reader, for the reader, and the forgetting of it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsletter.models import (
    AddressChange,
    Agreement,
    Consent,
    Delivery,
    DeliveryEvent,
    Notice,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.morning import weekdays

ERASED = "erased {pk}"  # in place of the key: the address may be a new reader's


def known_of(subscriber: Subscriber) -> dict[str, object]:
    """In words and numbers that JSON has; times in UTC (ISO 8601)."""
    mine = subscriptions_of(subscriber)
    addressed = {subscriber.pk, *mine.values_list("subscriber", flat=True)}
    return {
        "address": subscriber.email,
        "known_since": subscriber.created_at,
        "subscriptions": [
            subscription_as_known(each)
            for each in mine.select_related("newsletter", "taste").order_by("pk")
        ],
        "told_of_mails": list(
            DeliveryEvent.objects.filter(address_key=subscriber.address_key)
            .order_by("happened_at")
            .values("provider", "kind", "code", "happened_at")
        ),
        "suppression": Suppression.objects.filter(address_key=subscriber.address_key)
        .values("reason", "created_at", "ends_at", "end_reason")
        .first(),
        "changes_of_address": [
            change_as_known(each, subscriber) for each in changes_with(subscriber).order_by("pk")
        ],
        "mails": list(
            Delivery.objects.filter(subscriber__in=addressed)
            .order_by("pk")
            .values("edition__newsletter__slug", "edition__date", "state", "accepted_at")
        ),
    }


def subscriptions_of(subscriber: Subscriber) -> QuerySet[Subscription]:
    """And those that became one with them, when two addresses did."""
    return Subscription.objects.filter(
        Q(subscriber=subscriber) | Q(merged_into__subscriber=subscriber)
    )


def changes_with(subscriber: Subscriber) -> QuerySet[AddressChange]:
    """The reader's own change of address, and whoever would move to the reader's."""
    own = Q(subscriber=subscriber) | Q(address_key=subscriber.address_key)
    return AddressChange.objects.filter(own)


def change_as_known(change: AddressChange, subscriber: Subscriber) -> dict[str, object]:
    """Without what somebody else pressed, who would move to the reader's address."""
    agreements = change.agreements.order_by("pk")
    if change.subscriber_id != subscriber.pk:
        agreements = agreements.filter(side=Agreement.Side.NEW)
    return {
        "email": change.email,
        "asked_at": change.asked_at,
        "moved_at": change.moved_at,
        "agreements": list(agreements.values("side", "at", "wording__text", "network")),
    }


def subscription_as_known(subscription: Subscription) -> dict[str, object]:
    taste = subscription.taste
    return {
        "newsletter": subscription.newsletter.slug,
        "state": subscription.state,
        "language": subscription.language,
        "rhythm": subscription.rhythm,
        "weekdays": weekdays(subscription.weekdays),
        "hour": subscription.hour,
        "time_zone": subscription.own_time_zone,
        "paused_until": subscription.paused_until,
        "papers_at_most": taste.max_entries if taste else None,
        "topics_first": taste.favoured if taste else [],
        "topics_left_out": taste.muted if taste else [],
        "asked_at": subscription.confirmation_requested_at,
        "confirmed_at": subscription.confirmed_at,
        "left_at": subscription.unsubscribed_at,
        "consents": list(
            Consent.objects.filter(subscription=subscription).values(
                "act", "source", "at", "wording__text", "network"
            )
        ),
        "notices": list(subscription.notices.order_by("pk").values("kind", "due_at", "sent_at")),
    }


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forget the address and what its reader chose, at once. May be repeated.

    What stays names nobody: the subscription's number, so that its old links still answer; the
    ledger, by a key of the address; and a suppression, which goes on to hold.
    """
    now = timezone.now()
    subscriber.refresh_from_db(from_queryset=Subscriber.objects.select_for_update())
    mine = subscriptions_of(subscriber)
    mine.exclude(state=Subscription.State.UNSUBSCRIBED).update(
        state=Subscription.State.UNSUBSCRIBED, unsubscribed_at=now
    )
    mine.update(confirmation_requested_at=None, chosen_at=now, **unchosen())
    forget(changes_with(subscriber))
    Consent.objects.filter(subscription__in=mine).delete()
    Notice.objects.filter(subscription__in=mine).update(subscription=None)
    row = Subscriber.objects.filter(pk=subscriber.pk)
    row.update(email="", address_key=ERASED.format(pk=subscriber.pk))
    subscriber.refresh_from_db()


@transaction.atomic
def forget(changes: QuerySet[AddressChange]) -> None:
    """What is kept of whom they asked, for the limit on that, does not say by whom."""
    asked = Notice.objects.filter(kind__in=Notice.MOVING)
    asked.filter(subscription__subscriber__in=changes.values("subscriber")).update(
        subscription=None
    )
    changes.delete()


def unchosen() -> dict[str, object]:
    """The columns of Subscription that a reader chooses, as before any choice."""
    blank = Subscription()
    chosen = (
        "language",
        "rhythm",
        "weekly_since",
        "weekdays",
        "hour",
        "time_zone",
        "paused_until",
        "taste",
    )
    return {name: getattr(blank, name) for name in chosen}
