"""The readers' own line: ask, confirm, choose, pause, leave. Nothing here sends a mail.

Each move is one conditional UPDATE, so that of two clicks one moves and the other finds it done.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from newsletter.models import Newsletter, Subscriber, Subscription
from newsletter.models.subscribers import address_key

CONFIRMATION_LASTS = timedelta(hours=72)
PAUSE_BETWEEN_REQUESTS = timedelta(minutes=10)  # so that nobody can fill a stranger's inbox

State = Subscription.State
Rhythm = Subscription.Rhythm


@transaction.atomic
def subscribe(email: str, newsletter: Newsletter, language: str) -> None:
    """Note that someone asks for a newsletter at an address, as `forms.address` gives it.

    The confirmation mail is due from then on. A confirmed reader stays as they are. May be
    repeated: asking again within the pause keeps the link that is already under way.
    """
    subscriber, _ = Subscriber.objects.get_or_create(
        address_key=address_key(email), defaults={"email": email}
    )
    subscription, _ = Subscription.objects.get_or_create(
        subscriber=subscriber, newsletter=newsletter
    )
    now = timezone.now()
    asking = Subscription.objects.filter(pk=subscription.pk).exclude(state=State.CONFIRMED)
    asking.update(state=State.PENDING, language=newsletter.language_for(language))
    rested = Q(confirmation_requested_at=None) | Q(
        confirmation_requested_at__lt=now - PAUSE_BETWEEN_REQUESTS
    )
    asking.filter(rested).update(confirmation_requested_at=now)


def confirm(subscription: Subscription) -> bool:
    """Start mailing; False if the request is too old, or void by now.

    May be repeated: a confirmed subscription stays as it is.
    """
    now = timezone.now()
    Subscription.objects.filter(
        pk=subscription.pk,
        state=State.PENDING,
        confirmation_requested_at=subscription.confirmation_requested_at,
        confirmation_requested_at__gt=now - CONFIRMATION_LASTS,
    ).update(state=State.CONFIRMED, confirmed_at=now)
    subscription.refresh_from_db()
    return subscription.state == State.CONFIRMED


def can_be_confirmed(subscription: Subscription) -> bool:
    """Whether its confirmation link still works."""
    requested_at = subscription.confirmation_requested_at
    if subscription.state != State.PENDING or requested_at is None:
        return False
    return requested_at > timezone.now() - CONFIRMATION_LASTS


def choose(subscription: Subscription, **choices: object) -> None:
    """Keep what a reader wants of a newsletter, by the columns of Subscription; from the next
    edition on, a pause at once. May be repeated."""
    now = timezone.now()
    row = Subscription.objects.filter(pk=subscription.pk)
    row.update(chosen_at=now, **choices)
    row.filter(rhythm=Rhythm.DAILY).update(weekly_since=None)
    row.filter(rhythm=Rhythm.WEEKLY, weekly_since=None).update(weekly_since=now)
    subscription.refresh_from_db()


def pause(subscription: Subscription, days: int) -> None:
    """Send nothing for so many days, and go on by itself then; 0 goes on at once. May be
    repeated."""
    zone = ZoneInfo(subscription.time_zone or subscription.newsletter.time_zone)
    choose(subscription, paused_until=start_of_day(zone, ahead=days) if days else None)


def start_of_day(zone: ZoneInfo, ahead: int) -> datetime:
    """Of the day so many days from today, on calendars of a zone."""
    day = timezone.now().astimezone(zone).date() + timedelta(days=ahead)
    return datetime.combine(day, time(), zone)


def unsubscribe(subscription: Subscription) -> None:
    """Stop mailing, at once, and make confirmation links of before void. May be repeated."""
    Subscription.objects.filter(pk=subscription.pk).exclude(state=State.UNSUBSCRIBED).update(
        state=State.UNSUBSCRIBED,
        unsubscribed_at=timezone.now(),
        confirmation_requested_at=None,
    )
    subscription.refresh_from_db()
