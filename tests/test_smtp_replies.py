"""Replies out of octets, however these are split."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.smtp.losses import OutOfStep
from newsletter.smtp.replies import LONGEST_LINE, MOST_LINES, Reply, ReplyReader

texts = st.binary(max_size=20).filter(lambda text: b"\n" not in text and b"\r" not in text)
ends = st.sampled_from([b"\r\n", b"\n"])


@st.composite
def replies(draw):
    """A reply, and its octets."""
    code = draw(st.integers(200, 599))
    lines = draw(st.lists(texts, min_size=1, max_size=3))
    octets = b"".join(b"%d-%b%b" % (code, text, draw(ends)) for text in lines[:-1])
    octets += b"%d %b%b" % (code, lines[-1], draw(ends))
    return Reply(code, b"\n".join(lines)), octets


def read_all(pieces):
    reader, found = ReplyReader(), []
    try:
        for piece in pieces:
            for reply in reader.read(piece):
                found.append((reply, reader.is_drained))
    except OutOfStep as error:
        found.append(str(error))
    return found


def split(octets, places):
    edges = [0, *sorted({place % (len(octets) + 1) for place in places}), len(octets)]
    return [octets[start:end] for start, end in pairwise(edges)]


@given(st.lists(replies(), max_size=5), st.lists(st.integers(0, 500), max_size=8))
def test_any_split_of_the_octets_gives_the_replies_that_were_said(said, places):
    pieces = split(b"".join(octets for _, octets in said), places)

    assert [reply for reply, _ in read_all(pieces)] == [reply for reply, _ in said]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_any_split_of_any_octets_gives_the_same_replies_and_the_same_end(octets, places):
    whole = read_all([octets])
    pieces = read_all(split(octets, places))

    assert [found if isinstance(found, str) else found[0] for found in pieces] == [
        found if isinstance(found, str) else found[0] for found in whole
    ]


def test_what_comes_behind_a_reply_is_known_before_it_is_read():
    assert read_all([b"250 ok\r\n354 go\r\n250 "]) == [
        (Reply(250, b"ok"), False),
        (Reply(354, b"go"), False),
    ]
    assert read_all([b"250 ok\r\n354 go\r\n"])[-1] == (Reply(354, b"go"), True)


def test_a_reply_of_a_code_alone_is_one():
    assert read_all([b"250\r\n"]) == [(Reply(250, b""), True)]


@pytest.mark.parametrize(
    "octets",
    [
        b"ok\r\n",
        b"25\r\n",
        b"2500 ok\r\n",
        b"150 early\r\n",
        b"650 late\r\n",
        b"250:ok\r\n",
        "２５０ ok\r\n".encode(),
        b"\r\n",
        b"250 " + b"x" * LONGEST_LINE + b"\r\n",
    ],
)
def test_a_line_that_is_no_reply_is_out_of_step(octets):
    assert read_all([b"250 ok\r\n" + octets]) == [
        (Reply(250, b"ok"), False),
        "a reply that cannot be read",
    ]


def test_a_reply_whose_lines_have_two_codes_is_out_of_step():
    assert read_all([b"250-yes\r\n550 no\r\n"]) == ["a reply with two codes"]


def test_a_line_and_a_reply_without_end_are_out_of_step():
    assert read_all([b"250 " + b"x" * LONGEST_LINE]) == ["a reply that does not end"]
    assert read_all([b"250-more\r\n" * MOST_LINES]) == ["a reply that does not end"]
