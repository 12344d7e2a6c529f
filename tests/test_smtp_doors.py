"""Connections that come and go: opened again with patience, while the others carry on."""

import smtplib
import time

import pytest

from tests.smtp_trip import ACCEPTED, content, not_sent, reader, readers, trip_to


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def open_again(trip, seconds=5.0):
    """As a tick does: until the door that failed is no longer left alone."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return trip.relay.open()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_a_relay_that_is_not_there_raises_what_the_network_says(sink):
    sink.faults.listens = False
    time.sleep(0.2)
    with trip_to(sink, connections=3) as trip, pytest.raises(ConnectionRefusedError):
        trip.relay.open()


@pytest.mark.parametrize("stage", ["connect", "banner", "EHLO"])
def test_a_relay_that_hangs_at_the_door_raises_in_time(sink, stage):
    sink.add(stage, hang=True)
    with trip_to(sink, connections=2, connect_seconds=0.3) as trip, pytest.raises(OSError):
        trip.relay.open()


def test_a_relay_that_greets_with_421_raises_its_reply(sink):
    sink.add("banner", reply="421 4.3.2 not today")
    with trip_to(sink) as trip, pytest.raises(smtplib.SMTPConnectError, match="421"):
        trip.relay.open()


def test_a_door_that_failed_is_left_alone_for_a_while_and_then_tried_again(sink):
    sink.add("banner", times=2, reply="421 4.3.2 not now")
    with trip_to(sink) as trip:
        for _ in range(5):
            with pytest.raises(smtplib.SMTPConnectError):
                trip.relay.open()
        asked = sink.connection_count
        open_again(trip)
        results = trip.go([reader(1)])

    assert asked == 2
    assert results == {1: ACCEPTED}


def test_one_connection_is_enough_to_begin_and_a_slow_one_joins_later(sink):
    sink.add("banner", times=1, delay=1.5)
    with trip_to(sink, connections=2, connect_seconds=5) as trip:
        started_at = time.monotonic()
        trip.relay.open()
        waited = time.monotonic() - started_at
        sink.faults.delay = 0.05
        sink.add("accepted", delay=0.05)
        results = trip.go(readers(40))

    assert waited < 1.3
    assert results == dict.fromkeys(range(1, 41), ACCEPTED)
    assert {entry["connection"] for entry in sink.entries} == {1, 2}


def test_a_relay_that_allows_fewer_connections_than_asked_for_is_used_with_those(sink):
    sink.add("banner", skip=2, reply="421 4.7.0 too many connections")
    with trip_to(sink, connections=6) as trip:
        results = trip.go(readers(30))

    assert results == dict.fromkeys(range(1, 31), ACCEPTED)
    assert len({entry["connection"] for entry in sink.entries}) <= 2


def test_connections_that_die_while_others_work_are_opened_again(sink):
    sink.add("dot", skip=3, times=3, cut=True)
    with trip_to(sink, connections=3) as trip:
        results = trip.go(readers(60))

    outcomes = [result.outcome.value for result in results.values()]
    assert (outcomes.count("in_doubt"), outcomes.count("accepted")) == (3, 57)
    assert sink.connection_count >= 4


def test_a_carry_ends_when_no_connection_can_be_had_and_takes_no_more_readers(sink):
    with trip_to(sink, connections=2) as trip:
        trip.relay.open()
        sink.faults.listens = False
        sink.add("accepted", skip=4, cut=True)
        time.sleep(0.2)
        results = trip.go(readers(500))

    in_doubt = [key for key, result in results.items() if result != ACCEPTED]
    assert len(in_doubt) == 2
    assert len(results) <= 4 + 2
    assert len(trip.taken) <= 4 + 2 + 2 + 2


def test_a_relay_that_drops_every_line_at_once_is_not_hammered(sink):
    sink.add("MAIL", cut=True)
    with trip_to(sink, connections=2) as trip:
        for _ in range(20):
            try:
                trip.go(readers(50))
            except ConnectionError:
                time.sleep(0.01)

    assert sink.connection_count <= 8
    assert set(trip.results.values()) <= {not_sent("the relay hung up")}
    assert trip.started == []


def test_an_idle_connection_that_was_closed_is_opened_again_without_a_doubt(sink):
    sink.faults.idle_seconds = 0.2
    with trip_to(sink, connections=3) as trip:
        first = trip.go(readers(6))
        wait_for(lambda: not sink.sessions)
        second = trip.go([reader(number) for number in range(7, 13)])

    assert first | second == dict.fromkeys(range(1, 13), ACCEPTED)
    assert trip.started.count(7) == 1


def test_an_idle_connection_that_died_without_a_word_costs_its_reader_no_attempt(sink):
    with trip_to(sink, connections=3, reply_seconds=0.3) as trip:
        trip.go(readers(9))
        sink.add("MAIL", times=3, hang=True)  # as through a router that has forgotten them
        results = trip.go([reader(number) for number in range(10, 13)])

    assert results == dict.fromkeys(range(10, 13), ACCEPTED)


def test_a_client_that_was_closed_can_be_opened_again(sink):
    with trip_to(sink, connections=2) as trip:
        trip.go(readers(4))
        trip.relay.close()
        wait_for(lambda: not sink.sessions)
        results = trip.go([reader(9)])

    assert results == {9: ACCEPTED}


def test_closing_says_goodbye_where_nothing_is_going_on_and_raises_nothing_elsewhere(sink):
    sink.add("QUIT", times=1, reply="221 bye")
    with trip_to(sink) as trip:
        trip.go([reader(1)])
    wait_for(lambda: not sink.sessions)
    with trip_to(sink, connections=2) as busy:
        busy.relay.open()
        next(busy.relay.carry(readers(9), content, busy.start))
        busy.relay.close()

    assert [fault.times for fault in sink.faults.faults] == [0]
