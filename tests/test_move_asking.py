"""Asking for another address: who is mailed, how often, and that the asker learns nothing."""

import pytest
from django.core import mail

from newsletter import limits
from newsletter.models import (
    AddressChange,
    Notice,
    Subscription,
    Suppression,
)
from newsletter.models.subscribers import address_key
from newsletter.notify import send_due_notices
from newsletter.subscribe import subscribe
from tests.factories import make_subscription
from tests.moving import NEW, OLD, Side, addresses, ask, link, mailed, press_both

State = Subscription.State
FORMER = ["reads already", "asked", "has left", "is suppressed", "nobody"]


@pytest.fixture
def known_addresses(daily_papers) -> list[str]:
    """One of each kind that the site could know."""
    emails = [f"{number}@example.net" for number in range(len(FORMER))]
    make_subscription(emails[0])
    make_subscription(emails[1], state=State.PENDING, confirmed_at=None)
    make_subscription(emails[2], state=State.UNSUBSCRIBED)
    Suppression.objects.create(address_key=address_key(emails[3]), reason="complained")
    return emails


def test_both_addresses_are_asked_each_by_a_link_of_its_own(stranger, emma):
    answer = ask(stranger, emma)
    send_due_notices()
    send_due_notices()

    to_new, to_old = sorted(mail.outbox, key=lambda message: message.to)
    assert "We have asked both addresses." in answer.text
    assert mailed() == [
        (NEW, "Shall Paperboy come to this address?"),
        (OLD, "Move Paperboy to another address?"),
    ]
    assert link(Side.OLD) in to_old.body
    assert link(Side.NEW) in to_new.body
    assert link(Side.NEW) not in to_old.body


def test_the_old_address_reads_where_it_goes_and_the_new_one_not_whence(stranger, emma):
    ask(stranger, emma)
    send_due_notices()

    to_new, to_old = sorted(mail.outbox, key=lambda message: message.to)
    (html,) = (part.content for part in to_new.alternatives)
    assert NEW in to_old.body
    assert OLD not in to_new.body + html
    assert OLD not in stranger.get(link(Side.NEW)).text


def test_a_newer_wish_makes_links_of_the_older_void(stranger, emma):
    ask(stranger, emma, "emma@example.com")
    old, new = link(Side.OLD, "emma@example.com"), link(Side.NEW, "emma@example.com")
    stranger.post(old)
    ask(stranger, emma)

    assert [stranger.post(each).status_code for each in (old, new)] == [410, 410]
    assert addresses() == {OLD}
    send_due_notices()
    assert [to for to, _ in mailed()] == [NEW, OLD]


def test_asking_for_the_same_address_again_keeps_the_links_under_way(stranger, emma):
    ask(stranger, emma)
    before = link(Side.OLD)

    ask(stranger, emma)

    assert link(Side.OLD) == before
    assert Notice.objects.count() == 2


def test_the_same_address_is_refused_in_words_also_in_capitals(stranger, emma):
    for email in (OLD, "Emma@Example.org"):
        page = ask(stranger, emma, email).text
        assert "Mail comes to this address already." in page
        assert 'aria-describedby="id_email_error"' in page

    assert not AddressChange.objects.exists()


def test_a_slip_in_the_new_address_is_asked_about_once(stranger, emma):
    page = ask(stranger, emma, "emma@gmial.com").text

    assert "Did you mean emma@gmail.com?" in page
    assert not AddressChange.objects.exists()
    ask(stranger, emma, "emma@gmial.com", typed="emma@gmial.com", meant="emma@gmail.com")
    assert AddressChange.objects.get().email == "emma@gmail.com"


def test_the_asker_learns_nothing_of_the_new_address(stranger, known_addresses):
    answers, pressed = [], []
    readers = [make_subscription(f"old{each}", language="en") for each in known_addresses]
    for reader, email in zip(readers, known_addresses, strict=True):
        answers.append(ask(stranger, reader, email))
        pressed.append(stranger.post(link(Side.OLD, email)))
    send_due_notices()

    assert [each.status_code for each in (*answers, *pressed)] == [200] * 10
    assert len({each.content for each in answers}) == 1
    assert len({each.content for each in pressed}) == 1
    heard = {to for to, _ in mailed()}
    assert heard >= {reader.subscriber.email for reader in readers}


def test_a_suppressed_new_address_gets_nothing_and_nothing_moves(stranger, emma):
    Suppression.objects.create(address_key=address_key(NEW), reason="complained")
    ask(stranger, emma)
    send_due_notices()

    press_both(stranger)

    assert [to for to, _ in mailed()] == [OLD]
    assert addresses() == {OLD}


def test_a_stranger_is_asked_once_a_day_by_however_many_readers(stranger, daily_papers):
    for _ in range(5):
        ask(stranger, make_subscription(language="en"), "victim@example.net")
    subscribe("victim@example.net", daily_papers, "en")
    send_due_notices()

    assert [to for to, _ in mailed()].count("victim@example.net") == 1


def test_whoever_was_just_asked_to_subscribe_is_not_asked_to_move(stranger, emma, daily_papers):
    subscribe(NEW, daily_papers, "en")

    ask(stranger, emma)

    assert not Notice.objects.filter(kind=Notice.Kind.MOVE_TO).exists()


def test_the_old_address_is_mailed_three_times_a_day_at_most(stranger, emma):
    for number in range(10):
        ask(stranger, emma, f"emma{number}@example.net")

    assert Notice.objects.filter(kind=Notice.Kind.MOVE_FROM).count() == 3
    assert AddressChange.objects.get().email == "emma2@example.net"


def test_mails_to_new_addresses_count_among_all_that_ask(stranger, emma, settings):
    settings.CONFIRMATIONS_AN_HOUR = 0
    ask(stranger, emma)

    send_due_notices()

    assert [to for to, _ in mailed()] == [OLD]


def test_the_new_address_is_asked_where_the_domain_of_the_old_one_is_full(
    stranger, emma, settings, daily_papers
):
    settings.CONFIRMATIONS_AN_HOUR = 4
    subscribe(f"dana@{OLD.partition('@')[2]}", daily_papers, "en")
    send_due_notices()
    ask(stranger, emma)

    send_due_notices()

    assert NEW in [to for to, _ in mailed()]


def test_the_new_address_waits_where_its_domain_is_full(stranger, emma, settings, daily_papers):
    settings.CONFIRMATIONS_AN_HOUR = 4
    subscribe(f"dana@{NEW.partition('@')[2]}", daily_papers, "en")
    send_due_notices()
    ask(stranger, emma)

    send_due_notices()

    assert NEW not in [to for to, _ in mailed()]


def test_a_network_that_asks_too_often_is_told_so(stranger, monkeypatch, emma):
    monkeypatch.setattr(limits, "ASKED_BY_A_NETWORK", {limits.HOUR: 1})

    answers = [ask(stranger, emma), ask(stranger, emma, "emma@example.com")]

    assert [each.status_code for each in answers] == [200, 429]
    assert 0 < int(answers[1]["Retry-After"]) <= 3600
    assert AddressChange.objects.get().email == NEW


def test_a_mail_of_a_change_that_is_void_stays_here(stranger, emma):
    ask(stranger, emma)
    AddressChange.objects.all().delete()

    assert send_due_notices() == 0
