"""A small mail over SMTP: what its addresses can do to it."""

from email import message_from_bytes

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client

from newsletter.models import Notice
from newsletter.notify import send_due_notices
from newsletter.outcome import Outcome, send
from newsletter.providers import mail_settings


def letter(to: str) -> EmailMessage:
    return EmailMessage("Hello", "Hello.", "paperboy@example.org", [to])


def test_a_domain_beyond_ascii_is_written_in_a_labels(relay):
    result = send(letter("Dana <dana@bücher.example>"), get_connection())

    assert result.outcome is Outcome.ACCEPTED
    assert relay.recipients == ["dana@xn--bcher-kva.example"]
    assert message_from_bytes(relay.taken[0][1])["To"] == "Dana <dana@xn--bcher-kva.example>"


@pytest.fixture
def way_out(sink, settings):
    """Small mails leave by the sink, which offers all that a relay can."""
    for name, value in mail_settings(f"smtp://127.0.0.1:{sink.port}").items():
        setattr(settings, name, value)
    settings.SMTPUTF8 = True


def ask(address: str) -> None:
    Client().post("/subscribe/", {"email": address, "language": "ko"})
    send_due_notices()


def test_a_reader_beyond_ascii_is_asked_as_typed_where_the_relay_can(way_out, sink, daily_papers):
    ask("앨리스@예시.한국")

    address = "앨리스@xn--vv4b11d.xn--3e0b707e"
    assert sink.recipients == [address]
    assert f"\r\nTo: {address}\r\n".encode() in sink.contents[0]
    assert Notice.objects.filter(sent_at__isnull=False).count() == 1


def test_and_is_not_asked_where_it_cannot(way_out, sink, daily_papers):
    sink.faults.offers.remove("SMTPUTF8")

    ask("앨리스@example.org")

    assert sink.contents == []


def test_a_local_part_beyond_ascii_is_refused_and_not_made_into_another_address(relay):
    result = send(letter("björn@example.org"), get_connection())

    assert result.outcome is Outcome.REJECTED
    assert result.code == "the relay cannot carry this address"
    assert relay.recipients == []
