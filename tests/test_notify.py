import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Locmem
from django.db import connection, transaction
from django.utils import timezone

from newsletter import links
from newsletter.models import Notice, Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.notify import claim, send_due_notices
from newsletter.subscribe import confirm, subscribe, unsubscribe
from tests.factories import make_done_edition, make_newsletter, make_subscription


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

    assert send_due_notices() == 1
    assert send_due_notices() == 0

    (message,) = mail.outbox
    assert message.to == ["dana@example.org"]
    assert message.subject == "Please confirm your Paperboy subscription"
    assert links.confirm_url(of("dana@example.org")) in message.body
    assert "List-Unsubscribe" not in message.message()


def test_the_mailed_link_is_of_the_request_it_answers(daily_papers, time_machine):
    time_machine.move_to(timezone.now())
    subscribe("dana@example.org", daily_papers, "ko")
    send_due_notices()
    time_machine.shift(timedelta(hours=25))
    subscribe("dana@example.org", daily_papers, "ko")
    send_due_notices()

    first, second = mail.outbox
    link = links.confirm_url(of("dana@example.org"))
    assert (link in first.body, link in second.body) == (False, True)


def test_a_stranger_cannot_fill_an_inbox(daily_papers):
    for _ in range(50):
        subscribe("victim@example.org", daily_papers, "ko")
        send_due_notices()

    assert len(mail.outbox) == 1


def test_a_confirmed_reader_gets_no_confirmation(alice, daily_papers):
    subscribe("alice@example.org", daily_papers, "ko")

    assert send_due_notices() == 0


def test_an_address_that_an_editor_suppressed_gets_no_confirmation(daily_papers):
    subscribe("dave@example.org", daily_papers, "ko")
    Suppression.objects.create(address_key=address_key("dave@example.org"), reason="manual")

    assert send_due_notices() == 0


@pytest.mark.parametrize("reason", ["bounced", "complained", "failing"])
def test_whoever_asks_anew_where_mail_bounced_is_asked_and_nothing_else_is_sent(
    daily_papers, reason
):
    Suppression.objects.create(address_key=address_key("dave@example.org"), reason=reason)
    subscribe("dave@example.org", daily_papers, "ko")
    asked = send_due_notices()
    Notice.ask_for(Notice.Kind.ACCESS, of("dave@example.org"), timezone.now())
    Notice.ask_for(Notice.Kind.REMIND, of("dave@example.org"), timezone.now())

    assert (asked, send_due_notices()) == (1, 0)


def test_whoever_left_meanwhile_gets_no_confirmation(daily_papers):
    subscribe("dana@example.org", daily_papers, "ko")
    unsubscribe(of("dana@example.org"))

    assert send_due_notices() == 0


def test_a_refused_address_does_not_stop_the_others_and_is_not_tried_again(relay, daily_papers):
    for name in ("refused", "dana"):
        subscribe(f"{name}@example.org", daily_papers, "ko")

    assert send_due_notices() == 1
    assert send_due_notices() == 0
    assert [message.to for message in mail.outbox] == [["dana@example.org"]]


def test_what_a_relay_put_off_is_tried_again(relay, settings, daily_papers):
    for name in ("later", "dana"):
        subscribe(f"{name}@example.org", daily_papers, "ko")
    send_due_notices()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_due_notices() == 1
    assert mail.outbox[-1].to == ["later@example.org"]


def test_a_confirmation_that_may_have_arrived_is_not_mailed_again(relay, settings, daily_papers):
    subscribe("dropped@example.org", daily_papers, "ko")
    send_due_notices()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_due_notices() == 0


def test_a_request_that_waited_a_day_is_left(daily_papers):
    subscribe("dana@example.org", daily_papers, "ko")
    yesterday = timezone.now() - timedelta(hours=25)
    Notice.objects.update(due_at=yesterday)

    assert send_due_notices() == 0


def test_no_address_stands_in_the_log(relay, daily_papers, caplog):
    caplog.set_level(logging.INFO)
    for name in ("refused", "dropped", "dana"):
        subscribe(f"{name}@example.org", daily_papers, "ko")

    send_due_notices()

    assert len(caplog.messages) == 3
    assert "example.org" not in caplog.text


def test_a_reminder_asks_in_other_words_and_says_that_it_is_the_last(daily_papers):
    subscribe("dana@example.org", daily_papers, "en")
    Notice.objects.update(kind=Notice.Kind.REMIND)

    send_due_notices()

    (message,) = mail.outbox
    assert message.subject == "Do you still want Paperboy?"
    assert "This is the only reminder" in " ".join(message.body.split())
    assert links.confirm_url(of("dana@example.org")) in message.body


def confirmed(newsletter, language="en", **fields) -> Subscription:
    subscribe("dana@example.org", newsletter, language)
    Subscription.objects.update(**fields)
    dana = of("dana@example.org")
    Notice.objects.all().delete()
    confirm(dana)
    return dana


def test_a_welcome_brings_the_newest_edition_and_the_readers_own_links(daily_papers):
    make_subscription()
    make_done_edition()
    dana = confirmed(daily_papers)

    assert send_due_notices() == 1
    assert send_due_notices() == 0

    (message,) = mail.outbox
    assert message.subject == "Welcome to Daily Papers"
    link = links.unsubscribe_url(dana.pk)
    assert message.message()["List-Unsubscribe"] == f"<{link}>"
    assert message.message()["Auto-Submitted"] == "auto-generated"
    (html,) = (part.content for part in message.alternatives)
    for body in (message.body, html):
        assert "Letters Home: How Parcels Find Their Way" in body
        assert "here is the newest edition, of 3 July" in body
        assert f"{link}choices/" in body
        assert not re.search(r"__[A-Z_]{3,}__", body)  # a reader's key may have two in a row


def test_a_welcome_without_an_edition_says_when_the_first_one_comes_where_the_reader_is(
    daily_papers, time_machine
):
    time_machine.move_to("2024-07-05T09:00:00+09:00", tick=False)  # Friday, after the send
    confirmed(daily_papers, hour=8, time_zone="Europe/Berlin")

    send_due_notices()

    (message,) = mail.outbox
    assert "arrives on Saturday, 6 July, 08:00 CEST" in message.body
    assert "newest edition" not in message.body


def test_whoever_left_at_once_is_not_welcomed(daily_papers):
    unsubscribe(confirmed(daily_papers))

    assert send_due_notices() == 0


def test_of_two_workers_at_the_same_moment_one_has_the_notice(transactional_db):
    subscribe("dana@example.org", make_newsletter(), "ko")
    notice = Notice.objects.get()

    def work():
        with transaction.atomic():
            has_it = claim(notice)
            time.sleep(0.2)  # the other comes before the commit
        connection.close()
        return has_it

    with ThreadPoolExecutor(2) as workers:
        claims = [workers.submit(work) for _ in range(2)]

    assert sorted(each.result() for each in claims) == [False, True]
