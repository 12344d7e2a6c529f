"""A small mail over SMTP: what its addresses can do to it."""

from email import message_from_bytes

from django.core.mail import EmailMessage, get_connection

from newsletter.outcome import Outcome, send


def letter(to: str) -> EmailMessage:
    return EmailMessage("Hello", "Hello.", "paperboy@example.org", [to])


def test_a_domain_beyond_ascii_is_written_in_a_labels(relay):
    result = send(letter("Dana <dana@bücher.example>"), get_connection())

    assert result.outcome is Outcome.ACCEPTED
    assert relay.recipients == ["dana@xn--bcher-kva.example"]
    assert message_from_bytes(relay.taken[0][1])["To"] == "Dana <dana@xn--bcher-kva.example>"


def test_a_local_part_beyond_ascii_is_refused_and_not_made_into_another_address(relay):
    result = send(letter("björn@example.org"), get_connection())

    assert result.outcome is Outcome.REJECTED
    assert result.code == "the relay cannot carry this address"
    assert relay.recipients == []
