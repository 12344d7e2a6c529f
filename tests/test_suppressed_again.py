"""An address that was suppressed, and whose reader asks for the newsletter anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import Notice, Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.subscribe import confirm, forget_unconfirmed, subscribe
from tests.factories import make_subscription

KEY = "dana@example.org"
State = Subscription.State


def suppress(reason):
    return Suppression.objects.create(address_key=address_key(KEY), reason=reason)


def ask(newsletter):
    subscribe(KEY, newsletter, "en")
    return Subscription.objects.get()


def askings():
    return Notice.objects.filter(kind__in=Notice.ASKING).count()


@pytest.mark.parametrize("reason", ["bounced", "complained", "failing"])
def test_confirming_anew_proves_the_mailbox_and_the_wish(daily_papers, reason):
    row = suppress(reason)
    dana = ask(daily_papers)

    assert confirm(dana)

    row.refresh_from_db()
    assert (row.holds, row.end_reason) == (False, "the reader confirmed anew")
    assert Subscription.objects.mailable().get() == dana


def test_a_reader_whose_mail_bounced_can_ask_though_they_are_one(daily_papers):
    make_subscription(KEY, language="ko")
    suppress("bounced")

    dana = ask(daily_papers)

    assert (dana.state, dana.language, askings()) == (State.PENDING, "ko", 1)


@pytest.mark.parametrize("reason", ["bounced", "failing"])
def test_a_stranger_who_asks_there_ends_nobody_s_subscription(daily_papers, reason, time_machine):
    make_subscription(KEY, language="ko")
    row = suppress(reason)
    ask(daily_papers)

    time_machine.move_to(timezone.now() + timedelta(days=8))
    forget_unconfirmed()
    Suppression.objects.filter(pk=row.pk).delete()

    dana = Subscription.objects.mailable().get()
    assert (dana.state, dana.language) == (State.CONFIRMED, "ko")


def test_an_address_that_rests_stays_a_reader_s(daily_papers):
    make_subscription(KEY, language="ko")
    suppress("failing")

    assert (ask(daily_papers).state, askings()) == (State.CONFIRMED, 0)


def test_they_are_asked_once_a_month(daily_papers, time_machine):
    now = timezone.now()
    suppress("bounced")
    seen = []
    for days in (0, 2, 29, 31):
        time_machine.move_to(now + timedelta(days=days))
        ask(daily_papers)
        seen.append(askings())

    assert seen == [1, 1, 1, 2]


def test_what_an_editor_suppressed_only_an_editor_lifts(daily_papers):
    dana = make_subscription(KEY, language="ko")
    row = suppress("manual")

    ask(daily_papers)

    dana.refresh_from_db()
    row.refresh_from_db()
    assert (dana.state, dana.language, askings(), row.holds) == (State.CONFIRMED, "ko", 0, True)


def test_whoever_never_answers_is_forgotten_and_stays_suppressed(daily_papers, time_machine):
    row = suppress("bounced")
    ask(daily_papers)

    time_machine.move_to(timezone.now() + timedelta(days=8))
    forget_unconfirmed()

    row.refresh_from_db()
    assert (Subscription.objects.count(), row.holds) == (0, True)
