"""A message's octets, cut at marks: what is the same to all readers between what is each one's own.

A mark is an octet that stands nowhere else, so that neither a line nor an encoding depends on how
long it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from operator import itemgetter
from typing import NamedTuple

from newsletter.message.fixed import FixedMessage
from newsletter.transfer import BY_NAME, Transfer

LONGEST_LINE = 998  # octets (RFC 5322, 2.1.1)


class Own(NamedTuple):
    """What is one reader's own, as it stands in each of its marks."""

    to: bytes
    list_unsubscribe: bytes
    message_id: bytes
    address: bytes
    link: bytes
    html_address: bytes
    html_link: bytes


Slot = Callable[[Own], bytes]
Slots = dict[bytes, Slot]
Piece = bytes | Slot

TO, LIST_UNSUBSCRIBE, MESSAGE_ID, ADDRESS, LINK, HTML_ADDRESS, HTML_LINK = (
    itemgetter(place) for place in range(len(Own._fields))
)


class Marks(NamedTuple):
    """What stands in a message where a reader's own will."""

    address: bytes
    link: bytes
    name: bytes


@dataclass(frozen=True)
class Encoded:
    """What of an encoded body comes after its first slot: encoded anew for each reader."""

    pieces: list[Piece]
    transfer: Transfer

    def __call__(self, own: Own) -> bytes:
        return stuffed(self.transfer.encode(joined(self.pieces, own)))


@dataclass(frozen=True)
class Form:
    """A message as it travels, cut, with its dots doubled."""

    pieces: list[Piece]
    room: int  # octets of an escaped address that make no line too long

    def to(self, own: Own) -> bytes:
        return joined(self.pieces, own)


def form_of(message: FixedMessage, marks: Marks, *, longest_link: bytes) -> Form:
    """A message that was written with marks, cut at them."""
    octets = message.octets()
    return Form(
        pieces_of(octets, message.boundary.encode(), marks),
        room(octets.replace(marks.link, longest_link), marks.address),
    )


def pieces_of(octets: bytes, boundary: bytes, marks: Marks) -> list[Piece]:
    delimiter = b"\r\n--" + boundary
    head, text, html, end = octets.split(delimiter)
    link = b"<%s>" % marks.link
    return [
        *cut(head, {marks.address: TO, link: LIST_UNSUBSCRIBE, marks.name: MESSAGE_ID}),
        delimiter,
        *part_pieces(text, {marks.address: ADDRESS, marks.link: LINK}),
        delimiter,
        *part_pieces(html, {marks.address: HTML_ADDRESS, marks.link: HTML_LINK}),
        delimiter + end,
    ]


def part_pieces(part: bytes, slots: Slots) -> list[Piece]:
    """A part of a multipart message: its head, and its body as it is encoded."""
    head, blank, body = part.partition(b"\r\n\r\n")
    transfer = BY_NAME.get(encoding(head))
    if transfer is None:
        return cut(stuffed(part), slots)
    octets = transfer.decode(body)
    first = any_of(slots).search(octets)
    seam = transfer.seam(octets, first.start() if first else len(octets))
    start = stuffed(transfer.encode(octets[:seam]))
    return [head + blank + start, Encoded(cut(octets[seam:], slots), transfer)]


def encoding(head: bytes) -> str:
    """The Content-Transfer-Encoding among a part's fields."""
    return BytesHeaderParser().parsebytes(head.lstrip())["Content-Transfer-Encoding"]


def cut(octets: bytes, slots: Slots) -> list[Piece]:
    """Marks become slots, and what stands between them stays."""
    return [slots.get(piece, piece) for piece in any_of(slots).split(octets)]


def any_of(slots: Slots) -> re.Pattern[bytes]:
    return re.compile(b"(%s)" % b"|".join(re.escape(mark) for mark in slots))


def joined(pieces: Iterable[Piece], own: Own) -> bytes:
    """To one reader."""
    return b"".join([piece if isinstance(piece, bytes) else piece(own) for piece in pieces])


def room(octets: bytes, mark: bytes) -> int:
    """How many octets can take a mark's place before a line is longer than a line may be."""
    lines = [line for line in octets.split(b"\r\n") if mark in line or len(line) > LONGEST_LINE]
    return min((LONGEST_LINE - len(line)) // max(line.count(mark), 1) + 1 for line in lines)


def stuffed(octets: bytes) -> bytes:
    """With a second dot where a line begins with one (RFC 5321, 4.5.2)."""
    return (b"\n" + octets).replace(b"\n.", b"\n..")[1:]
