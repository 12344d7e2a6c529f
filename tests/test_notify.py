import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Locmem
from django.utils import timezone

from newsletter import links
from newsletter.models import Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.notify import send_awaiting_confirmations
from newsletter.subscribe import subscribe, unsubscribe


class Relay(Locmem):
    """A mail server that will not take some recipients."""

    def send_messages(self, messages):
        (recipient,) = messages[0].to
        if recipient.startswith("refused"):
            raise SMTPRecipientsRefused({recipient: (550, b"5.1.1 no such user")})
        if recipient.startswith("later"):
            raise SMTPRecipientsRefused({recipient: (451, b"4.7.1 later")})
        if recipient.startswith("dropped"):
            raise SMTPServerDisconnected("Connection unexpectedly closed")
        return super().send_messages(messages)


@pytest.fixture
def relay(settings):
    settings.EMAIL_BACKEND = f"{Relay.__module__}.{Relay.__name__}"


def of(email: str) -> Subscription:
    return Subscription.objects.get(subscriber__email=email)


def test_a_confirmation_is_mailed_once_in_the_readers_language(daily_papers):
    subscribe("dana@example.org", daily_papers, "en")

    assert send_awaiting_confirmations() == 1
    assert send_awaiting_confirmations() == 0

    (message,) = mail.outbox
    assert message.to == ["dana@example.org"]
    assert message.subject == "Please confirm your Paperboy subscription"
    assert links.confirm_url(of("dana@example.org")) in message.body
    assert "List-Unsubscribe" not in message.message()


def test_the_mailed_link_is_of_the_request_it_answers(daily_papers, time_machine):
    time_machine.move_to(timezone.now())
    subscribe("dana@example.org", daily_papers, "ko")
    send_awaiting_confirmations()
    time_machine.shift(timedelta(minutes=11))
    subscribe("dana@example.org", daily_papers, "ko")
    send_awaiting_confirmations()

    first, second = mail.outbox
    link = links.confirm_url(of("dana@example.org"))
    assert (link in first.body, link in second.body) == (False, True)


def test_a_stranger_cannot_fill_an_inbox(daily_papers):
    for _ in range(50):
        subscribe("victim@example.org", daily_papers, "ko")
        send_awaiting_confirmations()

    assert len(mail.outbox) == 1


def test_a_confirmed_reader_gets_no_confirmation(alice, daily_papers):
    subscribe("alice@example.org", daily_papers, "ko")

    assert send_awaiting_confirmations() == 0


def test_a_suppressed_address_gets_no_confirmation(daily_papers):
    subscribe("dave@example.org", daily_papers, "ko")
    Suppression.objects.create(address_key=address_key("dave@example.org"), reason="bounced")

    assert send_awaiting_confirmations() == 0


def test_whoever_left_meanwhile_gets_no_confirmation(daily_papers):
    subscribe("dana@example.org", daily_papers, "ko")
    unsubscribe(of("dana@example.org"))

    assert send_awaiting_confirmations() == 0


def test_a_refused_address_does_not_stop_the_others_and_is_not_tried_again(relay, daily_papers):
    for name in ("refused", "dana"):
        subscribe(f"{name}@example.org", daily_papers, "ko")

    assert send_awaiting_confirmations() == 1
    assert send_awaiting_confirmations() == 0
    assert [message.to for message in mail.outbox] == [["dana@example.org"]]


def test_what_a_relay_put_off_is_tried_again(relay, settings, daily_papers):
    for name in ("later", "dana"):
        subscribe(f"{name}@example.org", daily_papers, "ko")
    send_awaiting_confirmations()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_awaiting_confirmations() == 1
    assert mail.outbox[-1].to == ["later@example.org"]


def test_a_confirmation_that_may_have_arrived_is_not_mailed_again(relay, settings, daily_papers):
    subscribe("dropped@example.org", daily_papers, "ko")
    send_awaiting_confirmations()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_awaiting_confirmations() == 0


def test_a_request_that_waited_a_day_is_left(daily_papers):
    subscribe("dana@example.org", daily_papers, "ko")
    yesterday = timezone.now() - timedelta(hours=25)
    Subscription.objects.update(confirmation_requested_at=yesterday)

    assert send_awaiting_confirmations() == 0


def test_no_address_stands_in_the_log(relay, daily_papers, caplog):
    caplog.set_level(logging.INFO)
    for name in ("refused", "dropped", "dana"):
        subscribe(f"{name}@example.org", daily_papers, "ko")

    send_awaiting_confirmations()

    assert len(caplog.messages) == 3
    assert "example.org" not in caplog.text
