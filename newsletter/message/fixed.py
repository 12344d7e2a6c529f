"""How a message is written down: seven bits wide, its bytes following from its fields alone.

Source: RFC 5322 (headers), 2045 and 2047 (seven bits). docs/delivery.md tells what a retry relies
on.
"""

from __future__ import annotations

from email.header import Header
from email.message import Message
from email.utils import parseaddr

from django.core.mail import EmailMultiAlternatives

from newsletter.render import Rendered
from newsletter.transfer import encoded


class FixedMessage(EmailMultiAlternatives):
    """A message whose bytes follow from its fields alone, seven bits wide.

    Needs Date and Message-ID among its headers. Any mail backend can send it: those that talk to
    an API read the fields, those that talk SMTP call `message()`.
    """

    unfilled: Rendered

    def message(self) -> Message:  # type: ignore[override]  # the stubs tell of Django 6's class
        whole: Message = super().message()
        boundary = f"=_{self.unfilled.sha256[:32]}"
        whole.set_boundary(boundary)  # "=_" stands in no encoded body (RFC 2045, 6.7)
        for part in whole.walk():
            if not part.is_multipart():
                encode(part)
        encode_words(whole, "Subject", str(self.subject))
        encode_words(whole, "From", *parseaddr(self.from_email))
        return whole


def encode(part: Message) -> None:
    """Seven bits instead of the eight that Django writes and few relays are asked to take."""
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)  # a part that is not multipart
    chosen = encoded(octets.decode())
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = chosen.name
    part.set_payload(chosen.body.decode("ascii"))


def encode_words(whole: Message, name: str, text: str, address: str = "") -> None:
    """A field anew, in words of 75 characters, as RFC 2047 asks; Django's have 76.

    What only looks like an encoded word is encoded too, so that it is shown as typed.
    """
    if text.isascii() and "=?" not in text:
        return
    words = Header(text, "utf-8", maxlinelen=75, header_name=name).encode()
    whole.replace_header(name, f"{words} <{parseaddr(str(whole[name]))[1]}>" if address else words)
