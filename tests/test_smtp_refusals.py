"""Every no of every stage: which outcome its reader gets, and that nobody else pays for it."""

from collections import Counter

import pytest

from newsletter.outcome import Outcome, Result
from tests.smtp_trip import ACCEPTED, not_sent, reader, readers, trip_to

WRONG = "reader2@example.org"


def rejected(code: str, **more: object) -> Result:
    return Result(Outcome.REJECTED, code, **more)


@pytest.mark.parametrize(
    ("stage", "reply", "result"),
    [
        ("MAIL", "451 4.3.0 later", not_sent("451 4.3.0, sender refused")),
        ("MAIL", "450 4.7.1 slowly", not_sent("450 4.7.1, sender refused", cools=True)),
        ("MAIL", "550 5.1.8 who?", not_sent("550 5.1.8, sender refused", is_suspect=True)),
        ("MAIL", "553 no", not_sent("553, sender refused", is_suspect=True)),
        ("MAIL", "530 5.7.0 log in", not_sent("530 5.7.0, sender refused", is_suspect=True)),
        ("MAIL", "552 5.3.4 too large", not_sent("552 5.3.4, sender refused", is_suspect=True)),
        ("RCPT", "450 4.2.0 greylisted", not_sent("450 4.2.0")),
        ("RCPT", "451 4.7.1 slowly", not_sent("451 4.7.1", cools=True)),
        ("RCPT", "550 5.1.1 nobody", rejected("550 5.1.1")),
        ("RCPT", "550 no such user", rejected("550", is_suspect=True)),
        ("RCPT", "550-5.7.1 not from\n550 5.7.1 you", not_sent("550 5.7.1", is_suspect=True)),
        ("RCPT", "552 5.2.2 mailbox full", not_sent("552 5.2.2")),
        ("DATA", "451 4.3.0 later", not_sent("451 4.3.0")),
        ("DATA", "550 5.1.1 nobody", rejected("550 5.1.1")),
        ("dot", "451 4.3.0 later", not_sent("451 4.3.0")),
        ("dot", "450 4.7.28 too fast", not_sent("450 4.7.28", cools=True)),
        ("dot", "550 5.1.1 nobody", rejected("550 5.1.1")),
        ("dot", "550 5.7.26 no signature", not_sent("550 5.7.26", is_suspect=True)),
        ("dot", "554 no", rejected("554", is_suspect=True)),
        ("dot", "552 too large", not_sent("552", is_suspect=True)),
        ("dot", "552 5.3.4 too large", not_sent("552 5.3.4", is_suspect=True)),
    ],
)
@pytest.mark.parametrize("way", ["in groups", "one by one"])
def test_a_refusal_has_its_class_and_the_others_get_their_mail(sink, way, stage, reply, result):
    if way == "one by one":
        sink.faults.offers.remove("PIPELINING")
    if stage == "MAIL":
        sink.add(stage, skip=1, times=1, reply=reply)
    else:
        sink.add(stage, to=WRONG, reply=reply)
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    assert results == {1: ACCEPTED, 2: result, 3: ACCEPTED, 4: ACCEPTED}
    assert sink.recipients == [f"reader{number}@example.org" for number in (1, 3, 4)]
    assert (2 in trip.started) is (stage == "dot")
    assert sink.connection_count == 1


def test_an_invitation_for_nobody_gets_an_empty_message_and_no_reader_is_mailed(sink):
    sink.add("RCPT", to=WRONG, reply="550 5.1.1 nobody")
    sink.add("DATA", times=1, skip=1, reply="354 go on")
    with trip_to(sink) as trip:
        results = trip.go(readers(3))

    empty = [entry["size"] for entry in sink.entries if not entry["accepted"]]
    assert results == {1: ACCEPTED, 2: rejected("550 5.1.1"), 3: ACCEPTED}
    assert empty == [0]
    assert sink.recipients == ["reader1@example.org", "reader3@example.org"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_421_on_a_new_connection_cools_the_channel_and_starts_nobody(sink, stage):
    sink.add(stage, reply="421 4.7.0 not now")
    with trip_to(sink) as trip:
        results = trip.go([reader(1)])

    assert results == {1: not_sent("421 4.7.0", cools=True)}
    assert trip.started == []


def test_a_421_to_a_message_refuses_it_and_the_next_one_goes_by_another_connection(sink):
    sink.add("dot", to=WRONG, reply="421 4.3.2 shutting down")
    with trip_to(sink) as trip:
        results = trip.go(readers(4))

    cooled = not_sent("421 4.3.2", cools=True)
    assert results == {1: ACCEPTED, 2: cooled, 3: ACCEPTED, 4: ACCEPTED}
    assert sink.connection_count == 2


@pytest.mark.parametrize("connections", [1, 3])
def test_a_relay_that_takes_few_messages_a_connection_loses_and_repeats_nobody(sink, connections):
    sink.faults.messages_a_connection = 2
    with trip_to(sink, connections=connections) as trip:
        results = trip.go(readers(15))

    assert results == dict.fromkeys(range(1, 16), ACCEPTED)
    assert Counter(sink.recipients) == Counter(each.address for each in readers(15))


def test_a_relay_that_hangs_up_after_many_refusals_leaves_each_with_its_own_result(sink):
    sink.add("RCPT", reply="550 5.1.1 nobody")
    sink.add("RSET", skip=2, reply="421 4.7.0 too many errors")
    with trip_to(sink) as trip:
        results = trip.go(readers(9))

    assert results == dict.fromkeys(range(1, 10), rejected("550 5.1.1"))


def test_a_password_that_is_asked_for_and_not_known_is_nobodys_fault_but_ours(sink):
    sink.faults.user = "paperboy"
    with trip_to(sink) as trip:
        results = trip.go([reader(1)])

    assert results == {1: not_sent("530 5.7.0, sender refused", is_suspect=True)}
