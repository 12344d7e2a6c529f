"""The envelope: addresses as they are on the wire, and what MAIL says beside them."""

import pytest

from newsletter.smtp.envelope import Offer, pack, wire_address
from tests.smtp_trip import reader

EVERYTHING = Offer(pipelining=True, eight_bit=True, size=0, utf8=True)


@pytest.mark.parametrize(
    ("address", "on_the_wire"),
    [
        ("Alice@Example.org", b"Alice@Example.org"),
        ("o'hara+papers@example.org", b"o'hara+papers@example.org"),
        ("alice@bücher.한국", b"alice@xn--bcher-kva.xn--3e0b707e"),
        ("앨리스@bücher.한국", "앨리스@xn--bcher-kva.xn--3e0b707e".encode()),
        ("앨리스@example.org", "앨리스@example.org".encode()),
    ],
)
def test_a_domain_travels_in_a_labels_and_a_local_part_as_it_is(address, on_the_wire):
    assert wire_address(address) == on_the_wire


@pytest.mark.parametrize(
    "address",
    [
        "alice",
        "@example.org",
        "alice@",
        "alice@example.org>\r\nRCPT TO:<eve@example.org",
        "alice@example.org\nDATA",
        "alice eve@example.org",
        "alice>@example.org",
        '"alice"@example.org',
        "alice\\@example.org",
        "alice\u2028@example.org",
        "alice\x85@example.org",
        "alice@" + "예" * 80 + ".한국",
    ],
)
def test_an_address_that_would_end_its_command_cannot_be_written(address):
    with pytest.raises(ValueError):
        wire_address(address)


@pytest.mark.parametrize(
    ("offer", "recipient", "parameters"),
    [
        (Offer(), b"a@example.org", b""),
        (Offer(pipelining=True), b"a@example.org", b""),
        (Offer(eight_bit=True), b"a@example.org", b" BODY=8BITMIME"),
        (Offer(size=0), b"a@example.org", b" SIZE=7"),
        (EVERYTHING, b"a@example.org", b" BODY=8BITMIME SIZE=7"),
        (EVERYTHING, "é@example.org".encode(), b" BODY=8BITMIME SIZE=7 SMTPUTF8"),
    ],
)
def test_mail_says_what_the_relay_offered_and_the_message_needs(offer, recipient, parameters):
    parcel = pack(reader(1), b"from@example.org", recipient, b"hello\r\n", offer)

    assert parcel.envelope == (
        b"MAIL FROM:<from@example.org>" + parameters + b"\r\n"
        b"RCPT TO:<" + recipient + b">\r\nDATA\r\n"
    )
