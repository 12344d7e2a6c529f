"""How a text travels in seven bits (RFC 2045): base64 or quoted-printable, the shorter one."""

import quopri
from base64 import encodebytes
from dataclasses import dataclass

BREAK_EVEN = 0.15  # share of non-ASCII octets from which base64 is the shorter one


@dataclass(frozen=True)
class Encoded:
    name: str  # of the Content-Transfer-Encoding
    body: bytes  # lines of at most 76 octets, parted by CRLF


def encoded(text: str) -> Encoded:
    """A text as it stands in a message. Its line breaks become CRLF first (RFC 2045, 6.8)."""
    octets = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    if sum(octet > 127 for octet in octets) > BREAK_EVEN * len(octets):
        return Encoded("base64", encodebytes(octets).replace(b"\n", b"\r\n"))
    return Encoded("quoted-printable", quoted(octets))


def quoted(octets: bytes) -> bytes:
    return quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
