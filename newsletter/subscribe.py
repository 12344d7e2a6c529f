"""The readers' own line: ask, confirm, choose, pause, leave. Nothing here sends a mail.

Each move is one conditional UPDATE, so that of two clicks one moves and the other finds it done.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from newsletter import consent
from newsletter.asking import ASKINGS_COUNT, may_be_asked, may_be_sent, suppression_of
from newsletter.consent import FORM, MAIL, Origin
from newsletter.models import (
    Consent,
    Newsletter,
    Notice,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.models.subscribers import address_key

CONFIRMATION_LASTS = timedelta(hours=72)
REMIND_AFTER = timedelta(hours=48)
FORGET_AFTER = timedelta(days=7)

State = Subscription.State
Rhythm = Subscription.Rhythm


@transaction.atomic
def subscribe(email: str, newsletter: Newsletter, language: str, origin: Origin = FORM) -> None:
    """Note that someone asks for a newsletter at an address, as `clean_address` gives it.

    The confirmation mail is due from then on. A confirmed reader stays as they are. May be
    repeated: asking again too soon, or too often, keeps the link that is already under way. The
    same is done for every address, and undone where it was not to be: time tells nobody who is
    known here.
    """
    subscription = subscription_at(email, newsletter)
    now = timezone.now()
    key = subscription.subscriber.address_key
    suppression = suppression_of(key)
    asking = Subscription.objects.filter(pk=subscription.pk)
    strangers = asking.exclude(state=State.CONFIRMED)
    strangers.update(language=newsletter.language_for(language))
    if suppression is None or not suppression.is_asked_anew:
        asking = strangers
    with transaction.atomic():
        may_be = may_be_asked(key, now, suppression)
        is_asked = asking.update(state=State.PENDING, confirmation_requested_at=now)
        subscription.notices.filter(can_wait=True, sent_at=None).delete()
        Notice.ask_for(Notice.Kind.CONFIRM, subscription, now)
        consent.note(subscription, Consent.Act.ASKED, origin, now)
        transaction.set_rollback(not (may_be and is_asked))


def subscription_at(email: str, newsletter: Newsletter) -> Subscription:
    """That of a reader who is known, or of a new one, whom nobody else asks, moves or erases before
    the transaction ends."""
    subscriber = subscriber_at(email)
    Subscription.objects.bulk_create(
        [Subscription(subscriber=subscriber, newsletter=newsletter)], ignore_conflicts=True
    )
    return Subscription.objects.select_related("subscriber").get(
        subscriber=subscriber, newsletter=newsletter
    )


def subscriber_at(email: str) -> Subscriber:
    """Held; made anew if the one who was known has gone at this moment."""
    key = address_key(email)
    held = Subscriber.objects.select_for_update().filter(address_key=key)
    while True:
        Subscriber.objects.bulk_create(
            [Subscriber(email=email, address_key=key)], ignore_conflicts=True
        )
        if subscriber := held.first():
            return subscriber


def confirm(subscription: Subscription, origin: Origin = MAIL) -> bool:
    """Start mailing; False if the request is too old, or void by now.

    May be repeated: a confirmed subscription stays as it is.
    """
    now = timezone.now()
    asked = Subscription.objects.filter(
        pk=subscription.pk,
        state=State.PENDING,
        confirmation_requested_at=subscription.confirmation_requested_at,
        confirmation_requested_at__gt=now - CONFIRMATION_LASTS,
    )
    with transaction.atomic():
        if asked.update(state=State.CONFIRMED, confirmed_at=now):
            end_suppression(subscription.subscriber, now)
            Notice.ask_for(Notice.Kind.WELCOME, subscription, now)
            consent.note(subscription, Consent.Act.CONFIRMED, origin, now)
    subscription.refresh_from_db()
    return subscription.state == State.CONFIRMED


def end_suppression(subscriber: Subscriber, now: datetime) -> None:
    """The reader has read our mail and wants more: what was said of the address is over."""
    holding = Suppression.objects.holding().filter(address_key=subscriber.address_key)
    holding.filter(reason__in=Suppression.READERS_TO_END).update(
        ends_at=now, end_reason="the reader confirmed anew"
    )


@transaction.atomic
def ask_access(subscription: Subscription) -> None:
    """Have a link mailed by which a reader sees all that is known, and may have it erased; as
    rarely as one to the settings. One that was asked for a moment ago is on its way."""
    held = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    now = timezone.now()
    if held.email and may_be_sent(Notice.Kind.ACCESS, held.address_key, now):
        subscription.subscriber = held
        Notice.ask_for(Notice.Kind.ACCESS, subscription, now)


def remind_unconfirmed() -> None:
    """Ask once more, and once only, who has not answered and may be asked; the new link has its
    whole time. Whoever was imported did not ask, and is not asked twice."""
    now = timezone.now()
    silent = Subscription.objects.filter(
        state=State.PENDING, confirmation_requested_at__lte=now - REMIND_AFTER
    ).exclude(notices__kind=Notice.Kind.REMIND)
    silent = silent.unsuppressed().exclude(consents__act=Consent.Act.IMPORTED)
    for subscription in silent.filter(notices__sent_at__isnull=False).distinct():
        with transaction.atomic():
            held = Subscriber.objects.select_for_update().filter(pk=subscription.subscriber_id)
            key = held.values_list("address_key", flat=True).first()
            if key is None or not may_be_asked(key, now, suppression_of(key)):
                continue
            row = Subscription.objects.filter(
                pk=subscription.pk,
                state=State.PENDING,
                confirmation_requested_at=subscription.confirmation_requested_at,
            )
            if row.update(confirmation_requested_at=now):
                Notice.ask_for(Notice.Kind.REMIND, subscription, now)


def forget_unconfirmed() -> None:
    """Erase addresses of which nobody said that they are theirs. Whoever had left before has left,
    and whoever was a reader, of whom a stranger asked anew while mail bounced, is one."""
    before = timezone.now() - FORGET_AFTER
    late = Subscription.objects.filter(
        Q(confirmation_requested_at__lte=before)
        | Q(confirmation_requested_at=None, created_at__lte=before),
        state=State.PENDING,
    )
    left = Q(unsubscribed_at__isnull=False, confirmed_at=None) | Q(
        unsubscribed_at__gte=F("confirmed_at")
    )
    late.filter(left).update(state=State.UNSUBSCRIBED, confirmation_requested_at=None)
    late.filter(confirmed_at__isnull=False).update(
        state=State.CONFIRMED, confirmation_requested_at=None
    )
    with transaction.atomic():
        never = late.filter(unsubscribed_at=None)
        asked = Subscriber.objects.select_for_update().filter(pk__in=never.values("subscriber"))
        strangers = list(asked.order_by("pk").values_list("pk", flat=True))
        never.filter(subscriber__in=strangers).delete()  # of those alone who are held
        Subscriber.objects.filter(pk__in=strangers, subscriptions=None, deliveries=None).delete()
    Notice.objects.filter(due_at__lt=timezone.now() - ASKINGS_COUNT).delete()


def can_be_confirmed(subscription: Subscription) -> bool:
    """Whether its confirmation link still works."""
    requested_at = subscription.confirmation_requested_at
    if subscription.state != State.PENDING or requested_at is None:
        return False
    return requested_at > timezone.now() - CONFIRMATION_LASTS


@transaction.atomic
def choose(subscription: Subscription, **choices: object) -> None:
    """Keep what a reader wants of a newsletter, by the columns of Subscription; from the next
    edition on, a pause at once. May be repeated. Nothing is kept of whoever has just left."""
    now = timezone.now()
    row = Subscription.objects.filter(pk=subscription.pk, state=State.CONFIRMED)
    row.update(chosen_at=now, **choices)
    row.filter(rhythm=Rhythm.DAILY).update(weekly_since=None)
    row.filter(rhythm=Rhythm.WEEKLY, weekly_since=None).update(weekly_since=now)
    subscription.refresh_from_db()


def pause(subscription: Subscription, days: int) -> None:
    """Send nothing for so many days, and go on by itself then; 0 goes on at once. May be
    repeated."""
    zone = ZoneInfo(subscription.own_time_zone)
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
