import quopri
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.transfer import BASE64, QUOTED_PRINTABLE, canonical, encoded


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Parcels find their way home.", "quoted-printable"),
        ("소포가 집을 찾아갑니다.", "base64"),
        ("x" * 86 + "é" * 7, "quoted-printable"),  # 14 of 100 octets
        ("x" * 84 + "é" * 8, "base64"),  # 16 of 100 octets
    ],
)
def test_a_text_with_more_than_15_percent_beyond_ascii_travels_as_base64(text, name):
    assert encoded(text).name == name


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_what_arrives_is_what_was_sent_in_short_lines_of_seven_bits(text):
    sent = encoded(text)

    decode = b64decode if sent.name == "base64" else quopri.decodestring
    assert decode(sent.body).replace(b"\r\n", b"\n").decode() == text
    assert sent.body.isascii()
    assert all(len(line) <= 76 for line in sent.body.split(b"\r\n"))
    assert b"\n" not in sent.body.replace(b"\r\n", b"")


def test_line_breaks_are_crlf_before_they_are_encoded():
    assert b64decode(encoded("한\n글\r\n").body) == "한\r\n글\r\n".encode()


@pytest.mark.parametrize("transfer", [BASE64, QUOTED_PRINTABLE])
@given(
    st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])), st.integers(0, 200)
)
def test_the_halves_of_a_text_parted_at_its_seam_are_encoded_as_the_whole_is(transfer, text, at):
    octets = canonical(text * 9)

    seam = transfer.seam(octets, min(at, len(octets)))

    halves = transfer.encode(octets[:seam]) + transfer.encode(octets[seam:])
    assert seam <= at
    assert halves == transfer.encode(octets)
    assert transfer.decode(halves) == octets
