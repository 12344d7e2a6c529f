"""Whoever has lost the link to their settings: who gets it, how often, and that nobody learns who
reads."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from newsletter import limits, links
from newsletter.lost import mail_links
from newsletter.models import Notice, Subscription, Suppression
from newsletter.notify import send_due_notices
from newsletter.subscribe import unsubscribe
from tests.factories import make_newsletter, make_subscription

pytestmark = pytest.mark.django_db


def ask(client, email, page="/en/choices/", **fields):
    return client.post(page, {"email": email} | fields)


def mailed() -> list[str]:
    send_due_notices()
    return [message.to[0] for message in mail.outbox]


def test_a_reader_gets_one_mail_with_the_link_of_each_newsletter(stranger, emma):
    second = Subscription.objects.create(
        subscriber=emma.subscriber,
        newsletter=make_newsletter(name="Letters & Co"),
        state=Subscription.State.CONFIRMED,
        confirmed_at=timezone.now(),
    )

    ask(stranger, " Emma@EXAMPLE.org")

    assert mailed() == ["emma@example.org"]
    (message,) = mail.outbox
    (html,) = (part.content for part in message.alternatives)
    assert message.subject == "Your link to the settings"
    for subscription in (emma, second):
        assert links.choices_url(subscription.pk) in message.body
        assert f'href="{links.choices_url(subscription.pk)}"' in html
    assert "Settings of Letters & Co" in message.body
    assert stranger.get(links.choices_url(emma.pk)).status_code == 200


def test_the_answer_is_the_same_whatever_we_know_of_the_address(
    stranger, emma, bob, carol, settings
):
    dave = make_subscription("dave@example.org")
    Suppression.objects.create(address_key=dave.subscriber.address_key, reason="bounced")
    names = ["emma", "emma", "bob", "carol", "dave", "nobody"]

    answers = [ask(stranger, f"{name}@example.org") for name in names]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)
    assert mailed() == ["emma@example.org"]


@pytest.mark.parametrize(
    ("address", "heading"),
    [("/choices/", "메일함을 살펴봐 주세요."), ("/en/choices/", "Look into your mail.")],
)
def test_the_answer_is_in_the_language_of_the_page(stranger, emma, address, heading):
    assert heading in ask(stranger, "emma@example.org", address).text


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_page_mails_nothing(stranger, emma, method):
    getattr(stranger, method)("/choices/?email=emma@example.org")

    assert mailed() == []


def test_one_address_is_mailed_three_times_a_day_with_a_pause_between(emma, time_machine):
    noon = timezone.now()
    for minutes in (0, 9, 11, 22, 33, 44, 60 * 25):
        time_machine.move_to(noon + timedelta(minutes=minutes), tick=False)
        mail_links("emma@example.org")

    due = [(each.due_at - noon) // timedelta(minutes=1) for each in Notice.objects.order_by("pk")]
    assert due == [0, 11, 22, 60 * 25]


def test_a_network_that_asks_too_often_is_told_so_and_nothing_is_mailed(
    stranger, monkeypatch, emma
):
    monkeypatch.setattr(limits, "ASKED_BY_A_NETWORK", {limits.HOUR: 1})

    answers = [ask(stranger, f"{name}@example.org") for name in ("nobody", "emma")]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert 0 < int(answers[1]["Retry-After"]) <= 3600
    assert mailed() == []


def test_whoever_leaves_before_it_is_sent_gets_none(stranger, emma):
    ask(stranger, "emma@example.org")
    unsubscribe(emma)

    assert mailed() == []


def test_a_slip_is_asked_about_and_no_address_is_said_in_words(stranger, emma):
    assert "Did you mean emma@gmail.com?" in ask(stranger, "emma@gmial.com").text
    assert 'aria-describedby="id_email_error"' in ask(stranger, "emma").text
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "address", ["/", "/en/", "/subscribe/", "/c/1-AAAAAAAAAAAAAAAAAAAAAA/", "/nothing/"]
)
def test_the_way_there_stands_on_every_page(stranger, daily_papers, address):
    text = stranger.get(address).text

    assert 'href="/choices/"' in text or 'href="/en/choices/"' in text
