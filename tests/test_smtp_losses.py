"""Connections that are cut, hang or answer nonsense: who is in doubt, who is sent to elsewhere."""

import time
from collections import Counter

import pytest

from tests.smtp_trip import ACCEPTED, in_doubt, not_sent, reader, readers, trip_to

WRONG = "reader2@example.org"
HUNG_UP = "the relay hung up"


def everybody_but_the_second(result):
    return {1: ACCEPTED, 2: result, 3: ACCEPTED, 4: ACCEPTED}


@pytest.mark.parametrize("way", ["in groups", "one by one"])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_who_was_only_announced_when_the_line_is_cut_is_mailed_by_another(sink, way, stage):
    if way == "one by one":
        sink.faults.offers.remove("PIPELINING")
    sink.add(stage, skip=1, times=1, cut=True)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == dict.fromkeys(range(1, 5), ACCEPTED)
    assert Counter(sink.recipients) == Counter(each.address for each in readers(4))
    assert sink.connection_count == 2


def test_who_loses_every_line_they_are_announced_on_is_tried_again_later(sink):
    sink.add("RCPT", to=WRONG, cut=True)
    with trip_to(sink, connections=3) as trip:
        results = trip.go(readers(8))

    accepted = dict.fromkeys([1, 3, 4, 5, 6, 7, 8], ACCEPTED)
    assert {key: results[key] for key in accepted} == accepted
    assert results.get(2, not_sent(HUNG_UP)) == not_sent(HUNG_UP)
    assert 2 not in trip.started


@pytest.mark.parametrize(
    ("stage", "arrives"), [("body", False), ("dot", False), ("accepted", True)]
)
@pytest.mark.parametrize("way", ["in groups", "one by one"])
def test_a_line_cut_after_the_content_began_leaves_one_in_doubt(sink, way, stage, arrives):
    if way == "one by one":
        sink.faults.offers.remove("PIPELINING")
    sink.add(stage, to=WRONG, cut=True)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == everybody_but_the_second(in_doubt(HUNG_UP))
    assert (WRONG in sink.recipients) is arrives
    assert max(Counter(sink.recipients).values()) == 1


def test_a_relay_that_hangs_at_the_dot_stops_no_other_line_and_leaves_one_in_doubt(sink):
    sink.add("dot", to=WRONG, hang=True)
    with trip_to(sink, connections=2) as trip:
        results = trip.go(readers(20))

    doubtful = {key for key, result in results.items() if result != ACCEPTED}
    assert doubtful == {2}
    assert results[2] == in_doubt("no reply to the dot in its time")
    assert len(sink.recipients) == 19


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_hangs_before_the_content_leaves_nobody_in_doubt(sink, stage):
    sink.add(stage, skip=2, times=1, hang=True)
    with trip_to(sink, connections=2) as trip:
        results = trip.go(readers(10))

    assert results == dict.fromkeys(range(1, 11), ACCEPTED)
    assert Counter(sink.recipients) == Counter(each.address for each in readers(10))


def test_a_late_reply_is_waited_for(sink):
    sink.add("accepted", times=2, delay=0.5)
    with trip_to(sink) as trip:
        results = trip.go(readers(3))

    assert results == dict.fromkeys(range(1, 4), ACCEPTED)


def test_a_sender_that_was_stopped_for_longer_than_it_waits_hears_what_came_meanwhile(sink):
    with trip_to(sink, connections=2) as trip:
        ready, naps = trip.relay.pool.ready, iter([1.0])

        def stopped_once(seconds):
            """When a process goes on, what it waited in ends as if nothing had come."""
            if seconds and trip.started and (nap := next(naps, None)):
                time.sleep(nap)
                return []
            return ready(seconds)

        trip.relay.pool.ready = stopped_once
        results = trip.go(readers(6))

    assert results == dict.fromkeys(range(1, 7), ACCEPTED)
    assert Counter(sink.recipients) == Counter(each.address for each in readers(6))


def test_a_relay_that_reads_an_octet_a_second_leaves_one_in_doubt(sink):
    sink.add("body", to=WRONG, slow=1.0)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == everybody_but_the_second(in_doubt("no reply to the dot in its time"))


@pytest.mark.parametrize("raw", ["yes\r\n", "250-yes\r\n550 no\r\n", "150 soon\r\n", "250yes\r\n"])
def test_a_reply_to_the_dot_that_cannot_be_read_leaves_one_in_doubt(sink, raw):
    sink.add("accepted", to=WRONG, raw=raw)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results[2].outcome.value == "in_doubt"
    assert results == everybody_but_the_second(results[2])
    assert max(Counter(sink.recipients).values()) == 1


def test_a_second_invitation_in_place_of_an_answer_leaves_one_in_doubt(sink):
    sink.add("accepted", to=WRONG, raw="354 go on\r\n")
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == everybody_but_the_second(in_doubt("354 in reply to the content"))


@pytest.mark.parametrize(
    ("stage", "raw"),
    [
        ("MAIL", "yes\r\n"),
        ("RCPT", "250-yes\r\n550 no\r\n"),
        ("RCPT", "354 too soon\r\n"),
        ("DATA", "250 not 354\r\n"),
        ("DATA", "354 go\r\n250 and this\r\n"),
        ("RCPT", "250 yes\r\n250 and again\r\n"),
    ],
)
def test_nonsense_before_the_content_leaves_nobody_in_doubt(sink, stage, raw):
    sink.add(stage, skip=1, times=1, raw=raw)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == dict.fromkeys(range(1, 5), ACCEPTED)
    assert Counter(sink.recipients) == Counter(each.address for each in readers(4))


def test_an_answer_too_many_is_never_taken_for_the_one_to_the_content(sink):
    sink.add("DATA", raw="354 go\r\n250 and this\r\n")
    sink.add("dot", reply="451 4.3.0 later")
    with trip_to(sink) as trip:
        results = trip.go([reader(1)])

    put_off = not_sent("a reply too many before the content")
    assert (results, trip.started, sink.entries) == ({1: put_off}, [], [])


def test_replies_of_many_lines_are_one_reply_each(sink):
    sink.add("RCPT", reply="250-2.1.5 fine\n250-2.1.5 really\n250 2.1.5 fine")
    sink.add("accepted", reply="250-2.0.0 taken\n250 2.0.0 thanks")
    with trip_to(sink) as trip:
        results = trip.go(readers(3))

    assert results == dict.fromkeys(range(1, 4), ACCEPTED)


def test_nobody_is_lost_or_mailed_twice_by_a_relay_that_does_everything_wrong_at_times(sink):
    for stage in ("MAIL", "RCPT", "DATA", "body", "dot", "accepted"):
        sink.add(stage, rate=0.02, cut=True)
        sink.add(stage, rate=0.02, raw="what?\r\n")
    sink.add("dot", rate=0.05, reply="451 4.3.0 later")
    sink.faults.messages_a_connection = 20
    with trip_to(sink, connections=4) as trip:
        while waiting := [each for each in readers(200) if not is_settled(trip, each)]:
            try:
                trip.go(waiting)
            except ConnectionError:  # of all lines the newest two have failed: not so fast
                time.sleep(0.5)

    outcomes = {key: result.outcome.value for key, result in trip.results.items()}
    mailed = Counter(int(each.partition("@")[0].removeprefix("reader")) for each in sink.recipients)
    assert set(outcomes) == set(range(1, 201))
    assert set(outcomes.values()) == {"accepted", "in_doubt"}
    assert max(mailed.values()) == 1
    assert {key for key, outcome in outcomes.items() if outcome == "accepted"} <= set(mailed)


def is_settled(trip, addressee):
    return trip.results.get(addressee.delivery_id, not_sent("")).outcome.value != "not_sent"
