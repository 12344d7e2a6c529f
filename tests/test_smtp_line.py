"""A line that takes no more octets now: what is kept back, and whether the dot has left."""

import select
import socket

import pytest

from newsletter.smtp.envelope import Offer, pack
from newsletter.smtp.line import Line
from newsletter.smtp.losses import LineLost
from newsletter.smtp.options import RelayOptions
from newsletter.smtp.replies import Reply
from tests.smtp_trip import reader

LARGE = b"0123456789abcde\n" * 1_000_000


@pytest.fixture
def ends():
    door = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(door.getsockname())
    theirs, _ = door.accept()
    yield Line(ours, Offer(pipelining=True), RelayOptions("relay.example")), theirs
    for each in (ours, theirs, door):
        each.close()


def parcel(content=b"hello\r\n"):
    return pack(reader(1), b"from@example.org", b"to@example.org", content, Offer())


def read(theirs, line, count):
    """As many octets, while the line goes on writing."""
    octets = bytearray()
    while len(octets) < count:
        if line.unsent:
            line.flush()
        if select.select([theirs], [], [], 1)[0]:
            octets += theirs.recv(1 << 20)
    return bytes(octets)


@pytest.mark.parametrize("following", [None, parcel()])
def test_a_dot_that_is_kept_back_has_not_left(ends, following):
    line, theirs = ends
    line.start(parcel(LARGE), following)
    before = line.dot_has_left
    whole = LARGE + b".\r\n" + (following.envelope if following else b"")
    octets = read(theirs, line, len(whole))

    assert (before, line.dot_has_left, line.unsent) == (False, True, [])
    assert octets == whole


def test_a_dot_has_left_though_the_envelope_behind_it_has_not(ends):
    line, _ = ends
    line.start(parcel(), parcel())
    line.unsent = [parcel().envelope]

    assert line.dot_has_left is True


def test_half_a_dot_is_none(ends):
    line, _ = ends
    line.start(parcel(), parcel())
    line.unsent = [b"\r\n", parcel().envelope]

    assert line.dot_has_left is False


def test_nothing_to_read_is_no_reply_and_no_loss(ends):
    line, _ = ends

    assert list(line.hear()) == []


@pytest.mark.parametrize("unread", [b"", b"what is not read"])
def test_the_last_word_of_an_end_that_is_gone_is_heard_after_writing_has_failed(ends, unread):
    line, theirs = ends
    line.say(unread)
    theirs.sendall(b"421 4.3.2 going down\r\n")
    theirs.close()  # a reset, where something was not read
    for _ in range(3):
        line.say(LARGE)

    assert list(line.hear()) == [Reply(421, b"4.3.2 going down")]
    with pytest.raises(LineLost, match="the relay hung up"):
        list(line.hear())
    assert b"".join(line.unsent) != b""
