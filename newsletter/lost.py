"""Who has lost the link to their settings has it mailed, to the address that is read at."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.models import Notice, Subscriber, Subscription
from newsletter.models.subscribers import address_key

PAUSE_BETWEEN_MAILS = timedelta(minutes=10)
MOST_A_DAY = 3

State = Subscription.State


@transaction.atomic
def mail_links(email: str) -> None:
    """Have one mail sent with a link for each newsletter that is read at an address; none where
    nothing is. May be repeated: what was asked for a moment ago is on its way.

    The same is done for every address, and undone where it was not to be: time tells nobody who
    reads.
    """
    key, now = address_key(email), timezone.now()
    Subscriber.objects.select_for_update().filter(address_key=key).first()
    reads = Subscription.objects.filter(subscriber__address_key=key, state=State.CONFIRMED)
    read = reads.order_by("pk").first()
    may_be = may_be_sent(Notice.Kind.LINKS, key, now)
    with transaction.atomic():
        Notice.objects.create(
            subscription=read, address_key=key, kind=Notice.Kind.LINKS, due_at=now
        )
        transaction.set_rollback(not (read and may_be))


def may_be_sent(kind: Notice.Kind, key: str, now: datetime) -> bool:
    """Whether an address may get one more of the mails that somebody asks for by a link or a form;
    so few, since it may be a stranger."""
    today = Notice.objects.filter(
        address_key=key, kind=kind, due_at__gt=now - timedelta(days=1)
    ).values_list("due_at", flat=True)
    return len(today) < MOST_A_DAY and all(at <= now - PAUSE_BETWEEN_MAILS for at in today)
