"""What stands before a message's content: whom it is to, whose it is, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.encoding import punycode

from newsletter.addressee import Addressee

DATA = b"DATA\r\n"
# Nothing that would end an address, a command or a line; no list mails to a quoted local part.
SAFE = re.compile(r"[^\x00-\x20\x7f-\xa0<>\"\\\u2028\u2029]+")


@dataclass(frozen=True)
class Offer:
    """What a relay said it can (EHLO), as far as it is still believed."""

    pipelining: bool = False  # RFC 2920
    eight_bit: bool = False  # RFC 6152
    size: int | None = None  # RFC 1870: octets a message may have, 0 for any, None if not offered
    utf8: bool = False  # RFC 6531


class Parcel(NamedTuple):
    """One message, ready for the wire."""

    addressee: Addressee
    mail: bytes
    recipient: bytes
    content: bytes
    has_parameters: bool

    @property
    def envelope(self) -> bytes:
        """The three commands as one group (RFC 2920, 3.1)."""
        return b"".join((self.mail, self.recipient, DATA))


def pack(
    addressee: Addressee, sender: bytes, recipient: bytes, content: bytes, offer: Offer
) -> Parcel:
    has_parameters = offer.eight_bit or offer.size is not None
    parameters = b" BODY=8BITMIME" if offer.eight_bit else b""
    if offer.size is not None:
        parameters += b" SIZE=%d" % len(content)
    if not (sender.isascii() and recipient.isascii()):
        parameters += b" SMTPUTF8"
    mail = b"MAIL FROM:<%b>%b\r\n" % (sender, parameters)
    return Parcel(addressee, mail, b"RCPT TO:<%b>\r\n" % recipient, content, has_parameters)


def wire_address(address: str) -> bytes:
    """An address as an envelope has it; raises ValueError when none can have it.

    Its domain is in A-labels. A local part that is not ASCII needs SMTPUTF8.
    """
    local, at, domain = address.rpartition("@")
    if not (local and at and domain and SAFE.fullmatch(address)):
        raise ValueError("an address that cannot stand in an envelope")
    if not address.isascii():
        address = f"{local}@{punycode(domain)}"
    return address.encode()
