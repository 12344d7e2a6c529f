"""Who has lost the link to their settings has it mailed, to the address that is read at."""

from __future__ import annotations

from datetime import timedelta

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
    nothing is. May be repeated: what was asked for a moment ago is on its way."""
    row = Subscriber.objects.select_for_update().filter(address_key=address_key(email)).first()
    if row is None:
        return
    read = row.subscriptions.filter(state=State.CONFIRMED).order_by("pk").first()
    now = timezone.now()
    today = Notice.objects.filter(
        address_key=row.address_key,
        kind=Notice.Kind.LINKS,
        due_at__gt=now - timedelta(days=1),
    ).values_list("due_at", flat=True)
    rested = all(at <= now - PAUSE_BETWEEN_MAILS for at in today)
    if read and rested and len(today) < MOST_A_DAY:
        Notice.ask_for(Notice.Kind.LINKS, read, now)
