"""How a text travels in seven bits (RFC 2045): base64 or quoted-printable, the shorter one."""

import quopri
from base64 import b64decode, encodebytes
from collections.abc import Callable
from dataclasses import dataclass

ASCII = bytes(range(128))
BREAK_EVEN = 0.15  # share of non-ASCII octets from which base64 is the shorter one


@dataclass(frozen=True)
class Transfer:
    """A Content-Transfer-Encoding.

    `seam` gives the last place, up to one, where a text can be parted so that its halves encoded
    one by one are the whole encoded at once.
    """

    name: str
    encode: Callable[[bytes], bytes]  # lines of at most 76 octets, parted by CRLF
    decode: Callable[[bytes], bytes]
    seam: Callable[[bytes, int], int]


@dataclass(frozen=True)
class Encoded:
    name: str  # of the Content-Transfer-Encoding
    body: bytes


def encoded(text: str) -> Encoded:
    """A text as it stands in a message, the shorter way."""
    transfer = shorter(text)
    return Encoded(transfer.name, transfer.encode(canonical(text)))


def shorter(text: str) -> Transfer:
    octets = canonical(text)
    beyond_ascii = len(octets.translate(None, delete=ASCII))
    return BASE64 if beyond_ascii > BREAK_EVEN * len(octets) else QUOTED_PRINTABLE


def canonical(text: str) -> bytes:
    """With CRLF for its line breaks, as it has to be before it is encoded (RFC 2045, 6.8)."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def base64(octets: bytes) -> bytes:
    return encodebytes(octets).replace(b"\n", b"\r\n")


def quoted(octets: bytes) -> bytes:
    return quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def end_of_line(octets: bytes, at: int) -> int:
    return octets.rfind(b"\n", 0, at) + 1


BASE64 = Transfer("base64", base64, b64decode, lambda octets, at: at - at % 57)
QUOTED_PRINTABLE = Transfer("quoted-printable", quoted, quopri.decodestring, end_of_line)
BY_NAME = {transfer.name: transfer for transfer in (BASE64, QUOTED_PRINTABLE)}
