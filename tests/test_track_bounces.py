"""What a mail that came back says, whoever wrote it."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.message.message_id import message_id, notice_name, return_path
from newsletter.models import DeliveryEvent
from newsletter.track.bounces import read_bounce
from newsletter.track.said import MALFORMED
from tests.bounces import arf, dsn, plain

Kind = DeliveryEvent.Kind
NAME = message_id(42, "paperboy.example")
BACK = f"bounces+{NAME.strip('<>').partition('@')[0]}@paperboy.example"


def told(octets):
    """Kind and code; None if it is for a person."""
    said = read_bounce(octets, timezone.now())
    return said and (said.kind, said.code)


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        ({}, Kind.HARD, "5.1.1"),
        ({"status": "5.2.2"}, Kind.SOFT, "5.2.2"),
        ({"status": "4.4.1"}, Kind.SOFT, "4.4.1"),
        ({"status": "5.7.1"}, Kind.POLICY, "5.7.1"),
        ({"status": "5.0.0", "diagnostic": "550 5.1.1 unknown"}, Kind.HARD, "5.1.1"),
        ({"status": "5.1.1", "diagnostic": "550 5.7.1 blocked"}, Kind.POLICY, "5.7.1"),
        ({"status": "5.0.0", "diagnostic": "550 no such user"}, Kind.SOFT, "5.0.0"),
        ({"status": ""}, Kind.SOFT, ""),
        ({"action": "delivered", "status": "2.0.0"}, Kind.DELIVERED, ""),
        ({"action": "delayed", "status": "4.4.1"}, Kind.OTHER, ""),
    ],
)
def test_a_report_says_what_its_fields_say(fields, kind, code):
    assert told(dsn(NAME, **fields)) == (kind, code)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("abuse", Kind.COMPLAINED),
        ("Abuse", Kind.COMPLAINED),
        ("fraud", Kind.COMPLAINED),
        ("opt-out", Kind.UNSUBSCRIBED),
        ("not-spam", Kind.OTHER),
        ("virus", Kind.OTHER),
    ],
)
def test_a_complaint_of_a_feedback_loop_is_one(kind, expected):
    assert told(arf(NAME, kind=kind)) == (expected, "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<alice@example.org>: host mx said: 550 5.1.1 no such user", Kind.HARD),
        ("The mailbox is full (552 5.2.2).", Kind.SOFT),
        ("5.7.26 This mail is unauthenticated", Kind.POLICY),
        ("User unknown. Version 10.1.5.1.1 of our server", Kind.SOFT),
        ("메일을 전달하지 못했습니다.", Kind.SOFT),
        ("It failed.\n\n--- Below this line is a copy.\n\nSection 5.1.1 of", Kind.SOFT),
        ("It failed.\n\nReceived: by mx\nSubject: 5.1.1\n", Kind.SOFT),
        ("Warning: it is delayed, and will be retried for 4 days. 4.4.1", Kind.OTHER),
        ("Postfix 2.11.3 says: 5.1.1 unknown", Kind.HARD),
        (f"5.1.1 unknown\n{'-' * 9_900}", Kind.HARD),
    ],
)
def test_a_postmaster_s_own_words_are_searched_for_a_code(text, kind):
    assert told(plain(BACK, text))[0] == kind


def test_the_address_it_came_back_to_names_the_mail():
    said = read_bounce(plain(BACK, "no such user 5.1.1"), timezone.now())

    assert said.names == (BACK,)
    assert said.is_bound


def test_the_address_of_the_envelope_counts_where_the_visible_one_is_another():
    octets = plain("someone@example.org", "5.1.1", Delivered_To=BACK)

    assert told(octets) == (Kind.HARD, "5.1.1")


def test_a_small_mail_that_comes_back_is_known_too(settings):
    settings.BOUNCE_ADDRESS = "bounces@paperboy.example"
    back = return_path(notice_name(7))

    said = read_bounce(plain(back, "5.1.1"), timezone.now())

    assert said.names == (back,)


@pytest.mark.parametrize(
    "octets",
    [
        dsn("<somebody-else@example.org>"),
        plain("bounces@paperboy.example", "5.1.1"),
        plain("bounces+1.0123456789abcdef@paperboy.example", "5.1.1"),
        plain(BACK, "Thank you for the papers!", sender="Alice <alice@example.org>"),
        plain(BACK, "5.1.1 is my favourite section", sender="Alice <alice@example.org>"),
    ],
)
def test_what_is_no_report_of_a_mail_of_ours_is_for_a_person(octets):
    assert told(octets) is None


def test_an_answer_of_somebody_s_holiday_says_nothing():
    octets = plain(
        BACK, "I am away.", sender="alice@example.org", Auto_Submitted="auto-replied (vacation)"
    )

    assert told(octets) == (Kind.OTHER, "")


def test_a_postmaster_that_says_it_is_a_machine_is_a_postmaster():
    octets = plain(BACK, "550 5.1.1 unknown", Auto_Submitted="auto-replied")

    assert told(octets) == (Kind.HARD, "5.1.1")


def test_the_same_mail_read_twice_is_one_event():
    octets = dsn(NAME)

    assert read_bounce(octets, timezone.now()).event_id == (
        read_bounce(octets, datetime(2026, 1, 1, tzinfo=UTC)).event_id
    )


def test_a_date_from_the_future_is_the_hour_it_came():
    now = timezone.now()
    octets = dsn(NAME).replace(b"Date: ", b"Date: Mon, 01 Jan 2199 00:00:00 +0000\nX-Date: ")

    assert read_bounce(octets, now).happened_at == now


@given(st.binary(max_size=2_000))
@example(b"Content-Type: message/delivery-status\r\n\r\n")
@example(b"Content-Type: message/feedback-report\r\n\r\n\r\n")
@example(b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n")
@example(b"Content-Type: text/plain; charset=nonsense\r\nTo: " + BACK.encode() + b"\r\n\r\n\xff")
@example(b"To: =?utf-8?b?!!!?= <\xff@x>\r\nDate: \xff\r\n\r\n")
@example(b"Content-Transfer-Encoding: base64\r\n\r\n=")
@example(b"Content-Type: text/plain; charset=unknown-8bit\r\n\r\n\xe9")
@example(b"Content-Type: text/plain; charset*=x'en'%E9\r\n\r\n\xe9")
@example(b"Date: Mon, 99999999999999999999 Jan 2020 00:00:00 +0000\r\n\r\n")
@example(b"Content-Type: message/rfc822\r\n\r\n" * 2_000)
def test_no_octets_break_the_reading_otherwise_than_is_said(octets):
    for head in (b"", f"To: {BACK}\r\nFrom: MAILER-DAEMON\r\n".encode()):
        with suppress(*MALFORMED):
            read_bounce(head + octets, timezone.now())


def test_a_report_with_odd_letters_in_its_text_is_read():
    octets = dsn(NAME).replace(b"text/plain", b"text/plain; charset=us-ascii")

    assert told(octets.replace(b"I am sorry", b"Je suis d\xe9sol\xe9")) == (Kind.HARD, "5.1.1")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("Final-Recipient: utf-8; a@x\nAction: failed\nStatus: 5.1.1", (Kind.HARD, "5.1.1")),
        ("Final-Recipient: utf-8; a@x\nStatus: 5.2.2", (Kind.SOFT, "5.2.2")),
        ("Final-Recipient: utf-8; a@x", None),
    ],
)
def test_a_report_of_the_younger_form_or_without_an_action_is_read(fields, expected):
    octets = dsn(NAME).replace(b"message/delivery-status", b"message/global-delivery-status")
    head, _, rest = octets.partition(b"Final-Recipient")
    tail = rest[rest.index(b"\n\n--=b") :] if b"\n\n--=b" in rest else b""

    assert told(head + fields.encode() + tail) == expected
