"""Relays that do not keep what they offer: they are believed less, and nobody goes without."""

import pytest

from newsletter.outcome import Outcome, Result
from tests.smtp_trip import ACCEPTED, readers, trip_to


@pytest.mark.parametrize("pipelined", ["discarded", "refused"])
@pytest.mark.parametrize("connections", [1, 3])
def test_a_relay_that_lies_about_pipelining_is_asked_one_thing_at_a_time(
    sink, pipelined, connections
):
    sink.faults.pipelined = pipelined
    with trip_to(sink, connections=connections) as trip:
        first = trip.go(readers(8))
        connected = sink.connection_count
        second = trip.go(readers(16)[8:])

    assert first | second == dict.fromkeys(range(1, 17), ACCEPTED)
    assert sorted(trip.started) == list(range(1, 17))
    assert connected <= 2 * connections
    assert sink.connection_count == connected


@pytest.mark.parametrize(
    "fault",
    [
        {"at": "RCPT", "reply": "503 5.5.1 one at a time"},
        {"at": "DATA", "reply": "503 5.5.1 one at a time"},
        {"at": "RCPT", "reply": "550 5.5.0 improper use of pipelining"},
        {"at": "RCPT", "cut": True},
        {"at": "DATA", "hang": True},
    ],
)
def test_a_relay_that_stumbles_over_a_group_gets_none_again(sink, fault):
    sink.add(**fault, times=1)
    with trip_to(sink) as trip:
        results = trip.go(readers(3))
        offer = trip.relay.trust

    assert results == dict.fromkeys(range(1, 4), ACCEPTED)
    assert offer.pipelining is False


def test_a_relay_that_takes_a_group_and_drops_what_follows_a_message_gets_no_more_of_it(sink):
    sink.add("MAIL", skip=1, times=1, hang=True)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == dict.fromkeys(range(1, 5), ACCEPTED)
    assert trip.relay.trust.pipelining is False


def test_a_line_that_is_closed_between_two_messages_says_nothing_against_groups(sink):
    sink.add("MAIL", skip=1, times=1, cut=True)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == dict.fromkeys(range(1, 5), ACCEPTED)
    assert trip.relay.trust.pipelining is True


@pytest.mark.parametrize("reply", ["555 5.5.4 what is BODY?", "501 syntax", "504 no"])
def test_a_relay_that_refuses_its_own_parameters_gets_none_and_seven_bits(sink, reply):
    sink.add("MAIL", having="BODY=", reply=reply)
    with trip_to(sink) as trip:
        results = trip.go(readers(3))

    assert results == dict.fromkeys(range(1, 4), ACCEPTED)
    assert [entry["parameters"] for entry in sink.entries] == [[], [], []]
    assert all(text.isascii() for text in sink.contents)


def test_a_relay_that_refuses_mail_without_parameters_too_refuses_the_sender(sink):
    sink.add("MAIL", reply="555 5.5.4 no")
    with trip_to(sink) as trip:
        results = trip.go(readers(2))

    refused = Result(Outcome.NOT_SENT, "555 5.5.4, sender refused", is_suspect=True)
    assert results == {1: refused, 2: refused}
    assert trip.started == []


@pytest.mark.parametrize(
    ("offers", "keywords"),
    [(["8BITMIME"], {"BODY"}), (["PIPELINING"], set()), (["SIZE"], {"SIZE"}), ([], set())],
)
def test_a_relay_that_offers_little_gets_what_it_offers(sink, offers, keywords):
    sink.faults.offers = offers
    with trip_to(sink, connections=2) as trip:
        results = trip.go(readers(6))

    said = [parameter for entry in sink.entries for parameter in entry["parameters"]]
    assert results == dict.fromkeys(range(1, 7), ACCEPTED)
    assert {parameter.partition("=")[0] for parameter in said} == keywords
