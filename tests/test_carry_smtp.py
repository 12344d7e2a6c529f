"""An edition over our own SMTP client: each reader's own octets, and what became of each."""

import pytest

from newsletter.addressee import Addressee
from newsletter.message import edition_message
from newsletter.outcome import Outcome, Result
from tests.carrying import (
    NEWSLETTER,
    ON_THE_WIRE,
    READERS,
    Carried,
    carrier_to,
    readers,
    rendition,
)

ACCEPTED = Result(Outcome.ACCEPTED)


@pytest.fixture
def carry(settings, sink):
    """Carries a slice to the sink, and hangs up."""

    def carried(addressees, **more) -> Carried:
        carrier = carrier_to(settings, f"smtp://127.0.0.1:{sink.port}", **more)
        try:
            return Carried(carrier, addressees)
        finally:
            carrier.close()

    return carried


def written(addressee: Addressee, *, eight_bit: bool) -> bytes:
    message = edition_message(rendition(), addressee)
    message.is_eight_bit = eight_bit
    return message.octets()


@pytest.mark.parametrize("eight_bit", [True, False])
def test_each_reader_gets_the_octets_that_were_written_for_them(carry, sink, eight_bit):
    sink.faults.offers = ["PIPELINING"] + ["8BITMIME"] * eight_bit
    everyone = READERS + readers(30, first=20)
    carried = carry(everyone)

    assert carried.results == dict.fromkeys(everyone, ACCEPTED)
    assert sorted(carried.started, key=everyone.index) == everyone
    assert sorted(sink.contents) == sorted(written(each, eight_bit=eight_bit) for each in everyone)
    assert any(not each.isascii() for each in sink.contents) is eight_bit


def test_the_envelope_names_the_newsletters_sender_and_each_reader(carry, sink):
    carry(READERS)

    assert sorted(sink.recipients) == sorted(ON_THE_WIRE.values())


def test_a_reader_beyond_ascii_is_mailed_where_the_relay_can(carry, sink):
    reader = Addressee(30, 130, 1, "앨리스@example.org")
    able = carry([reader])
    sink.faults.offers.remove("SMTPUTF8")
    unable = carry([reader])

    cannot = Result(Outcome.REJECTED, "the relay cannot carry this address")
    assert able.results == {reader: ACCEPTED}
    assert unable.results == {reader: cannot}


def test_a_sender_with_a_line_break_is_written_to_nobody(carry, sink, monkeypatch):
    monkeypatch.setattr(NEWSLETTER, "from_name", "Daily\nPapers")
    carried = carry(readers(3))

    assert {result.outcome for result in carried.results.values()} == {Outcome.NOT_SENT}
    assert all(result.is_suspect for result in carried.results.values())
    assert (carried.started, sink.entries) == ([], [])


def test_a_rendition_without_frozen_bytes_is_mailed_to_nobody(carry, sink):
    carried = carry(readers(2), renditions={1: rendition(frozen_at=None)})

    assert {result.code for result in carried.results.values()} == {"cannot be written: NotFrozen"}
    assert sink.entries == []


def test_readers_of_several_languages_travel_over_the_same_connections(carry, sink):
    both = {1: rendition(), 2: rendition(2, text="a map to the parcel", language="en")}
    english = readers(5, first=50, rendition_id=2)
    carried = carry(readers(5) + english, renditions=both, connections=1)

    assert set(carried.results.values()) == {ACCEPTED}
    assert sum(b"a map to the parcel" in text for text in sink.contents) == 5
    assert sink.connection_count == 1


def test_a_carrier_takes_slices_of_any_size(settings, sink):
    carrier = carrier_to(settings, f"smtp://127.0.0.1:{sink.port}")

    assert (carrier.most_at_once, carrier.key_valid_for) == (None, None)
