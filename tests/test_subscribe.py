from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.known import erase
from newsletter.models import Notice, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.notify import send_due_notices
from newsletter.subscribe import (
    can_be_confirmed,
    choose,
    confirm,
    forget_unconfirmed,
    remind_unconfirmed,
    subscribe,
    unsubscribe,
)
from tests.factories import make_newsletter

State = Subscription.State
Kind = Notice.Kind
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


def asked(newsletter, email="dana@example.org", language="ko") -> Subscription:
    subscribe(email, newsletter, language)
    return Subscription.objects.get(subscriber__email=email, newsletter=newsletter)


def test_an_address_has_the_same_key_for_ever(settings):
    settings.ADDRESS_PEPPER = "the first pepper"

    assert address_key(" Dana@Example.org") == (
        "4128772d18db4794d1c11adf104dc3e07427eabbaca91567acaa37287ee62d01"
    )


def test_asking_makes_a_pending_subscription_that_awaits_its_mail(daily_papers, clock):
    dana = asked(daily_papers, language="en")

    assert (dana.state, dana.language) == (State.PENDING, "en")
    assert dana.confirmation_requested_at == NOON
    assert [(each.kind, each.due_at, each.sent_at) for each in dana.notices.all()] == [
        (Kind.CONFIRM, NOON, None)
    ]


def test_an_address_in_other_capitals_is_the_same_reader(daily_papers):
    subscribe("dana@example.org", daily_papers, "ko")
    subscribe("Dana@example.org", daily_papers, "ko")

    assert [reader.email for reader in Subscriber.objects.all()] == ["dana@example.org"]


def test_asking_again_soon_keeps_the_link_that_is_under_way(daily_papers, clock):
    dana = asked(daily_papers)

    clock.move_to(NOON + timedelta(hours=23), tick=False)
    dana = asked(daily_papers)

    assert dana.confirmation_requested_at == NOON


def test_asking_again_later_makes_a_new_link(daily_papers, clock):
    asked(daily_papers)

    clock.move_to(NOON + timedelta(hours=25), tick=False)
    dana = asked(daily_papers)

    assert dana.confirmation_requested_at == NOON + timedelta(hours=25)


def test_nobody_is_asked_more_than_three_times_in_a_month(daily_papers, clock):
    for day in range(29):
        clock.move_to(NOON + timedelta(days=day, minutes=day), tick=False)
        asked(daily_papers)
        remind_unconfirmed()
        forget_unconfirmed()

    assert Notice.objects.filter(kind__in=Notice.ASKING).count() == 3


@pytest.mark.parametrize("newsletters", [1, 5])
def test_nobody_is_mailed_more_than_three_times_in_a_month_reminders_included(
    daily_papers, clock, newsletters
):
    every = [daily_papers] + [make_newsletter(name=f"N{n}") for n in range(1, newsletters)]
    for day in range(29):
        clock.move_to(NOON + timedelta(days=day, minutes=day), tick=False)
        for newsletter in every if day < 3 else ():
            asked(newsletter)
        remind_unconfirmed()
        send_due_notices()
        forget_unconfirmed()

    due = sorted(each.due_at for each in Notice.objects.filter(kind__in=Notice.ASKING))
    assert len(due) <= 3 == len(mail.outbox)
    assert all(b - a >= timedelta(days=1) for a, b in pairwise(due))


def test_whoever_confirmed_and_left_may_come_back_the_same_day(daily_papers, clock):
    dana = asked(daily_papers)
    clock.move_to(NOON + timedelta(minutes=1), tick=False)
    confirm(dana)
    unsubscribe(dana)

    clock.move_to(NOON + timedelta(minutes=2), tick=False)
    dana = asked(daily_papers)

    assert dana.state == State.PENDING
    assert dana.notices.filter(kind=Kind.CONFIRM).count() == 2


def mailed(newsletter) -> Subscription:
    """Asked at noon, and the mail has left."""
    dana = asked(newsletter)
    dana.notices.update(sent_at=NOON)
    return dana


def test_whoever_does_not_answer_is_asked_once_more_with_a_link_that_works(daily_papers, clock):
    dana = mailed(daily_papers)
    for hours in (47, 49, 51):
        clock.move_to(NOON + timedelta(hours=hours), tick=False)
        remind_unconfirmed()

    clock.move_to(NOON + timedelta(hours=49 + 71), tick=False)
    dana.refresh_from_db()
    assert [each.due_at for each in dana.notices.filter(kind=Kind.REMIND)] == [
        NOON + timedelta(hours=49)
    ]
    assert confirm(dana) is True


def test_whoever_was_never_mailed_is_not_reminded(daily_papers, clock):
    asked(daily_papers)

    clock.move_to(NOON + timedelta(hours=49), tick=False)
    remind_unconfirmed()

    assert not Notice.objects.filter(kind=Kind.REMIND).exists()


def test_whoever_cannot_be_reached_is_not_reminded_and_not_looked_at_each_minute(
    daily_papers, clock, django_assert_num_queries
):
    dana = mailed(daily_papers)
    Suppression.objects.create(address_key=dana.subscriber.address_key, reason="bounced")
    clock.move_to(NOON + timedelta(hours=49), tick=False)

    with django_assert_num_queries(1):
        remind_unconfirmed()

    assert not Notice.objects.filter(kind=Kind.REMIND).exists()


def test_an_address_that_nobody_confirmed_is_erased_after_a_week(daily_papers, alice, clock):
    mailed(daily_papers)
    clock.move_to(NOON + timedelta(days=6, hours=23), tick=False)
    forget_unconfirmed()
    kept = Subscriber.objects.count()

    clock.move_to(NOON + timedelta(days=7, hours=1), tick=False)
    forget_unconfirmed()

    assert (kept, list(Subscription.objects.all())) == (2, [alice])
    assert [reader.email for reader in Subscriber.objects.all()] == ["alice@example.org"]


def test_whoever_was_a_reader_and_does_not_come_back_stays_one_who_left(daily_papers, carol, clock):
    subscribe("carol@example.org", daily_papers, "ko")
    clock.move_to(NOON + timedelta(days=8), tick=False)

    forget_unconfirmed()

    carol.refresh_from_db()
    assert carol.state == State.UNSUBSCRIBED


def test_confirming_twice_makes_one_welcome(daily_papers):
    dana = asked(daily_papers)

    confirm(dana)
    confirm(dana)

    assert dana.notices.filter(kind=Kind.WELCOME).count() == 1


def test_asking_again_can_change_the_language(daily_papers, clock):
    asked(daily_papers, language="ko")

    assert asked(daily_papers, language="en").language == "en"


def test_asking_changes_nothing_for_a_confirmed_reader(alice, daily_papers):
    before = Subscription.objects.values().get(pk=alice.pk)

    subscribe("alice@example.org", daily_papers, "en")

    assert Subscription.objects.values().get(pk=alice.pk) == before


def test_whoever_left_may_ask_again_but_is_not_mailed_before_confirming(carol, daily_papers):
    subscribe("carol@example.org", daily_papers, "ko")

    carol.refresh_from_db()
    assert carol.state == State.PENDING
    assert not Subscription.objects.mailable().exists()


def test_confirming_starts_the_mail(daily_papers, clock):
    dana = asked(daily_papers)

    assert confirm(dana)

    assert list(Subscription.objects.mailable()) == [dana]
    assert dana.confirmed_at == NOON


def test_confirming_twice_keeps_the_first_time(daily_papers, clock):
    dana = asked(daily_papers)
    confirm(dana)

    clock.move_to(NOON + timedelta(hours=1), tick=False)

    assert confirm(dana)
    assert dana.confirmed_at == NOON


@pytest.mark.parametrize(
    ("waited", "works"), [(timedelta(hours=71), True), (timedelta(hours=72), False)]
)
def test_a_request_can_be_confirmed_for_three_days(daily_papers, clock, waited, works):
    dana = asked(daily_papers)

    clock.move_to(NOON + waited, tick=False)

    assert can_be_confirmed(dana) is works
    assert confirm(dana) is works


def test_an_older_request_confirms_nothing(daily_papers, clock):
    old = asked(daily_papers)
    clock.move_to(NOON + timedelta(hours=25), tick=False)
    asked(daily_papers)

    assert not confirm(old)


def test_a_request_of_before_leaving_confirms_nothing(daily_papers):
    dana = asked(daily_papers)
    stale = Subscription.objects.get(pk=dana.pk)
    unsubscribe(dana)

    assert not confirm(stale)
    assert stale.state == State.UNSUBSCRIBED


def test_leaving_stops_the_mail_and_is_remembered(alice, clock):
    unsubscribe(alice)

    assert not Subscription.objects.mailable().exists()
    assert (alice.state, alice.unsubscribed_at) == (State.UNSUBSCRIBED, NOON)


def test_leaving_twice_keeps_the_first_time(alice, clock):
    unsubscribe(alice)
    clock.move_to(NOON + timedelta(days=1), tick=False)

    unsubscribe(alice)

    assert alice.unsubscribed_at == NOON


def test_leaving_one_newsletter_keeps_the_others(alice, daily_papers):
    robots = make_newsletter()
    other = asked(robots, email="alice@example.org")
    confirm(other)

    unsubscribe(alice)

    assert list(Subscription.objects.mailable()) == [other]


def test_choices_that_come_after_the_reader_was_erased_are_not_kept(alice):
    stale = Subscription.objects.get(pk=alice.pk)
    erase(alice.subscriber)

    choose(stale, hour=7, time_zone="Europe/Berlin")

    assert (stale.state, stale.hour, stale.time_zone) == (State.UNSUBSCRIBED, None, "")
