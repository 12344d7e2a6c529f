"""How often an address may be asked whether somebody there wants to read; of all newsletters.

So that nobody can fill a stranger's inbox: until someone there confirms.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from newsletter.models import Notice, Subscription, Suppression

PAUSE_BETWEEN_ASKINGS = timedelta(hours=24)
MOST_ASKINGS, ASKINGS_COUNT = 3, timedelta(days=30)
MOST_ASKINGS_OF_SUPPRESSED = 1


def may_be_asked(key: str, now: datetime) -> bool:
    """Whether a mail may ask at an address now. Takes the same time for each.

    Once a month also where mail bounced or somebody complained: the answer proves the mailbox, and
    that it is wanted.
    """
    suppression = suppression_of(key)
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


def suppression_of(key: str) -> Suppression | None:
    return Suppression.objects.holding().filter(address_key=key).first()
