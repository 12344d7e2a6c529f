"""How often an address may be asked whether somebody there wants to read, of all newsletters, until
someone there confirms; and how often it is sent what anybody with a link or a form can have sent.

So that nobody can fill a stranger's inbox.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from newsletter.models import Notice, Subscription, Suppression

PAUSE_BETWEEN_ASKINGS = timedelta(hours=24)
MOST_ASKINGS, ASKINGS_COUNT = 3, timedelta(days=30)
MOST_ASKINGS_OF_SUPPRESSED = 1
MOST_SENT_A_DAY, PAUSE_BETWEEN_SENDINGS = 3, timedelta(minutes=10)


def may_be_asked(key: str, now: datetime, suppression: Suppression | None) -> bool:
    """Whether a mail may ask at an address now, where that holds. Takes the same time for each.

    Once a month also where mail bounced or somebody complained: the answer proves the mailbox, and
    that it is wanted.
    """
    asked = asked_of_late([key], now).values_list("due_at", flat=True)
    most = MOST_ASKINGS
    if suppression:
        most = MOST_ASKINGS_OF_SUPPRESSED if suppression.is_readers_to_end else 0
    return len(asked) < most and all(at <= now - PAUSE_BETWEEN_ASKINGS for at in asked)


def asked_of_late(keys: Collection[str], now: datetime) -> QuerySet[Notice]:
    """What asks at addresses and counts: not what was asked before somebody confirmed there, nor
    what an import has yet to ask."""
    there = Subscription.objects.filter(subscriber__address_key=OuterRef("address_key"))
    asking = Notice.objects.filter(
        ~Exists(there.filter(confirmed_at__gte=OuterRef("due_at"))),
        address_key__in=keys,
        kind__in=Notice.ASKING,
        due_at__gt=now - ASKINGS_COUNT,
    )
    return asking.exclude(can_wait=True, sent_at=None)


def may_be_sent(
    kind: Notice.Kind, key: str, now: datetime, pause: timedelta = PAUSE_BETWEEN_SENDINGS
) -> bool:
    """Whether one more of a kind of mail may go to an address: so few a day, since it may be a
    stranger who asks for it."""
    today = Notice.objects.filter(
        address_key=key, kind=kind, due_at__gt=now - timedelta(days=1)
    ).values_list("due_at", flat=True)
    return len(today) < MOST_SENT_A_DAY and all(at <= now - pause for at in today)


def suppression_of(key: str) -> Suppression | None:
    return Suppression.objects.holding().filter(address_key=key).first()
