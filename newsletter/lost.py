"""Who has lost the link to their settings has it mailed, to the address that is read at."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from newsletter.asking import may_be_sent
from newsletter.models import Notice, Subscriber, Subscription
from newsletter.models.subscribers import address_key

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
