"""A relay that behaves: what is said to it, in how many trips, and who is noted when."""

import socket
import threading

import pytest

from newsletter.outcome import Outcome, Result
from tests.smtp_trip import ACCEPTED, SENDER, content, reader, readers, trip_to

GREETING = [b"250-relay\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 0\r\n"]


def test_each_reader_gets_the_message_written_for_them_once(sink):
    with trip_to(sink, connections=4) as trip:
        results = trip.go(readers(50))

    assert results == dict.fromkeys(range(1, 51), ACCEPTED)
    assert sorted(sink.recipients) == sorted(each.address for each in readers(50))
    assert sorted(sink.contents) == sorted(
        content(each, True).replace(b"\r\n..", b"\r\n.") for each in readers(50)
    )


def test_connections_are_opened_together_and_kept_for_the_next_slice(sink):
    with trip_to(sink, connections=3) as trip:
        trip.go(readers(30))
        trip.go([reader(number) for number in range(31, 61)])

    assert len(sink.recipients) == 60
    assert {entry["connection"] for entry in sink.entries} <= {1, 2, 3}
    assert sink.connection_count == 3


class Transcript:
    """A relay that answers as written and keeps what it was told, write by write."""

    def __init__(self, answers):
        self.answers = answers
        self.heard = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        line, _ = self.door.accept()
        line.settimeout(5)
        line.sendall(b"220 relay\r\n")
        for answer in GREETING + self.answers:
            self.heard.append(line.recv(1 << 16))
            line.sendall(answer)
        line.close()
        self.door.close()


def test_a_message_costs_one_trip_with_the_next_envelope_behind_it():
    envelope = b"250 ok\r\n250 ok\r\n354 go\r\n"
    relay = Transcript([envelope, b"250 taken\r\n" + envelope, b"250 taken\r\n"])
    with trip_to(relay) as trip:
        results = trip.go(readers(2))
        relay.thread.join(5)

    first, second = (content(each, True) for each in readers(2))
    said = [
        b"MAIL FROM:<%b> BODY=8BITMIME SIZE=%d\r\nRCPT TO:<reader%d@example.org>\r\nDATA\r\n"
        % (SENDER.encode(), len(text), number)
        for number, text in ((1, first), (2, second))
    ]
    assert results == {1: ACCEPTED, 2: ACCEPTED}
    assert relay.heard[1:] == [said[0], first + b".\r\n" + said[1], second + b".\r\n"]


@pytest.mark.parametrize(
    ("early", "result"),
    [
        (b"552 5.3.4 too large\r\n", Result(Outcome.NOT_SENT, "552 5.3.4", is_suspect=True)),
        (b"250 taken\r\n", Result(Outcome.NOT_SENT, "250 in reply to the content")),
    ],
)
def test_an_answer_before_the_messages_end_is_no_yes_and_no_doubt(early, result):
    def large(addressee, eight_bit):
        return content(addressee, eight_bit) + b"0123456789abcde\n" * 1_000_000

    relay = Transcript([b"250 ok\r\n250 ok\r\n354 go\r\n", early])
    with trip_to(relay, content_seconds=5) as trip:
        results = trip.go([reader(1)], large)

    assert results == {1: result}
    assert trip.started == [1]


def test_a_relay_without_pipelining_is_asked_one_thing_at_a_time(sink):
    sink.faults.offers.remove("PIPELINING")
    sink.faults.pipelined = "refused"
    with trip_to(sink, connections=2) as trip:
        results = trip.go(readers(10))

    assert results == dict.fromkeys(range(1, 11), ACCEPTED)


def test_a_relay_that_knows_only_helo_is_given_no_parameters_and_seven_bits(sink):
    sink.add("EHLO", reply="502 5.5.1 what?")
    sink.faults.offers = []
    with trip_to(sink) as trip:
        results = trip.go(readers(3))

    assert results == {1: ACCEPTED, 2: ACCEPTED, 3: ACCEPTED}
    assert [entry["parameters"] for entry in sink.entries] == [[], [], []]
    assert all(text.isascii() for text in sink.contents)


def test_a_message_is_noted_after_the_invitation_and_a_result_is_out_before_the_next(sink):
    order = []
    sink.add("RCPT", to="reader2@example.org", reply="550 5.1.1 nobody")
    with trip_to(sink) as trip:
        trip.relay.open()
        trip.start = lambda started: order.append(("start", started[0].delivery_id))
        for addressee, _ in trip.relay.carry(readers(4), content, trip.start):
            order.append(("result", addressee.delivery_id))

    assert order == [
        *(("start", 1), ("result", 1), ("result", 2)),
        *(("start", 3), ("result", 3), ("start", 4), ("result", 4)),
    ]


def test_no_more_readers_are_taken_than_can_be_begun_with(sink):
    with trip_to(sink, connections=3) as trip:
        trip.relay.open()
        slice_of = trip.relay.carry(trip.taking(readers(100)), content, trip.start)
        next(slice_of)
        taken, started = len(trip.taken), len(trip.started)
        slice_of.close()

    assert taken <= 2 * 3
    assert started <= 3


def test_nothing_leaves_once_noting_fails_and_the_next_slice_is_not_disturbed(sink):
    def refuse(addressees):
        raise OSError("the disk is full")

    with trip_to(sink, connections=2) as trip:
        trip.relay.open()
        with pytest.raises(OSError, match="the disk is full"):
            list(trip.relay.carry(readers(5), content, refuse))
        after = trip.go([reader(7), reader(8)])

    assert after == {7: ACCEPTED, 8: ACCEPTED}
    assert sorted(sink.recipients) == ["reader7@example.org", "reader8@example.org"]


def test_a_slice_that_is_broken_off_leaves_nothing_behind_for_the_next(sink):
    with trip_to(sink, connections=2) as trip:
        trip.relay.open()
        broken = trip.relay.carry(readers(20), content, trip.start)
        next(broken)
        broken.close()
        after = trip.go([reader(number) for number in range(30, 40)])

    assert set(after) == set(range(30, 40))
    assert set(after.values()) == {ACCEPTED}
    assert len(sink.recipients) == len(set(sink.recipients))


def test_what_the_sender_of_the_slice_raises_comes_through(sink):
    def broken():
        yield reader(1)
        raise LookupError("the database is gone")

    with trip_to(sink) as trip:
        trip.relay.open()
        with pytest.raises(LookupError, match="the database is gone"):
            list(trip.relay.carry(broken(), content, trip.start))


def test_a_message_that_cannot_be_written_stops_nobody_else(sink):
    def picky(addressee, eight_bit):
        if addressee.delivery_id == 2:
            raise ValueError("a header with a line break")
        return content(addressee, eight_bit)

    with trip_to(sink) as trip:
        results = trip.go(readers(3), picky)

    unwritten = Result(Outcome.NOT_SENT, "cannot be written: ValueError", is_suspect=True)
    assert results == {1: ACCEPTED, 2: unwritten, 3: ACCEPTED}
    assert trip.started == [1, 3]


def test_results_of_messages_that_cannot_be_written_come_one_by_one(sink):
    def unwritable(addressee, eight_bit):
        raise ValueError("a sender with a line break")

    with trip_to(sink) as trip:
        trip.relay.open()
        next(trip.relay.carry(trip.taking(readers(50)), unwritable, trip.start))

    assert len(trip.taken) == 1


def test_a_sender_in_another_script_travels_in_a_labels():
    relay = Transcript([b"250 ok\r\n250 ok\r\n354 go\r\n", b"250 taken\r\n"])
    with trip_to(relay, sender="bounces@bücher.한국") as trip:
        results = trip.go([reader(1)])

    assert results == {1: ACCEPTED}
    assert relay.heard[1].startswith(b"MAIL FROM:<bounces@xn--bcher-kva.xn--3e0b707e> ")


def test_a_sender_that_cannot_be_written_is_our_fault_and_no_readers(sink):
    with trip_to(sink, sender="bounces@example.org\r\nDATA") as trip:
        results = trip.go([reader(1)])

    unwritten = Result(Outcome.NOT_SENT, "cannot be written: ValueError", is_suspect=True)
    assert results == {1: unwritten}


def test_an_address_beyond_ascii_needs_a_relay_that_can_carry_it(sink):
    addressees = [reader(1, "앨리스@example.org"), reader(2, "bob@bücher.한국"), reader(3)]
    with trip_to(sink) as trip:
        able = trip.go(addressees)
    sink.faults.offers.remove("SMTPUTF8")
    with trip_to(sink) as trip:
        unable = trip.go(addressees)

    cannot = Result(Outcome.REJECTED, "the relay cannot carry this address")
    assert able == {1: ACCEPTED, 2: ACCEPTED, 3: ACCEPTED}
    assert unable == {1: cannot, 2: ACCEPTED, 3: ACCEPTED}
    assert sink.recipients[:2] == ["앨리스@example.org", "bob@xn--bcher-kva.xn--3e0b707e"]


def test_a_message_larger_than_the_relay_takes_is_not_begun_with(sink):
    sink.faults.offers = ["PIPELINING", "SIZE 50"]
    with trip_to(sink) as trip:
        results = trip.go([reader(1)])

    size = len(content(reader(1), False))
    code = f"{size} octets are more than the relay takes (50)"
    assert results == {1: Result(Outcome.NOT_SENT, code, is_suspect=True)}
    assert (trip.started, sink.entries) == ([], [])
