"""How a message is written down, so that its bytes follow from its fields alone.

Source: RFC 5322 (headers), 2045 and 2047 (seven bits), 6152 (eight bits), 6532 (addresses beyond
ASCII). docs/delivery.md tells what a retry relies on.
"""

from __future__ import annotations

from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.utils import parseaddr
from io import BytesIO

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from newsletter.message.message_id import name_in, return_path
from newsletter.rendered import Rendered
from newsletter.transfer import Transfer, canonical, shorter


class FixedMessage(EmailMultiAlternatives):
    """A mail to one address, its slots filled. Any mail backend can send it.

    Needs Date and Message-ID among its headers. Backends that talk to an API read the fields,
    those that talk SMTP call `message()`. That is seven bits wide, since smtplib asks no relay for
    more; whoever has asked sets `is_eight_bit`. How the bodies are parted and encoded is the same
    to every reader: it follows from the mail with its slots open.
    """

    def __init__(
        self,
        mail: Rendered,
        *,
        to: str,
        link: str,
        from_email: str,
        headers: dict[str, str],
        reply_to: str = "",
    ) -> None:
        own = mail.filled(address=to, unsubscribe_url=link)
        super().__init__(
            subject=own.subject,
            body=own.text,
            from_email=from_email,
            to=[to],
            reply_to=[reply_to] if reply_to else None,
            headers=headers,
        )
        self.attach_alternative(own.html, "text/html")
        self.mail, self.own, self.author = mail, own, from_email
        self.metadata = {"delivery": name_in(headers["Message-ID"])}  # for providers' events
        self.is_eight_bit = False

    def message(self) -> Message:  # type: ignore[override]  # the stubs tell of Django 6's class
        whole: Message = super().message()
        whole.set_boundary(self.boundary)
        text, html = (part for part in whole.walk() if not part.is_multipart())
        self.encode(text, self.mail.text)
        self.encode(html, self.mail.html)
        encode_words(whole, "Subject", str(self.subject))
        encode_words(whole, "From", *parseaddr(self.author))
        write_address(whole, self.to[0])
        return whole

    def come_back(self) -> None:
        """Have bounces go to the mailbox for them, if there is one. For relays: providers see to
        bounces themselves."""
        if settings.BOUNCE_ADDRESS:
            self.extra_headers["From"] = self.author
            self.from_email = return_path(self.metadata["delivery"])

    def octets(self) -> bytes:
        """As a relay gets it: lines end in CRLF."""
        octets = BytesIO()
        BytesGenerator(octets, mangle_from_=False).flatten(self.message(), linesep="\r\n")
        return octets.getvalue()

    @property
    def boundary(self) -> str:
        """It stands in neither body, as what parts them must not (RFC 2046, 5.1.1)."""
        boundary = f"=_{self.mail.sha256[:32]}"
        while boundary in self.own.text or boundary in self.own.html:
            boundary += "_"
        return boundary

    def encode(self, part: Message, unfilled: str) -> None:
        """Leave the eight bits that Django writes where no line is too long, or make it seven."""
        if not (self.is_eight_bit and part["Content-Transfer-Encoding"] in ("7bit", "8bit")):
            encode(part, shorter(unfilled))


def encode(part: Message, transfer: Transfer) -> None:
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)  # a part that is not multipart
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = transfer.name
    part.set_payload(transfer.encode(canonical(octets.decode())).decode("ascii"))


def encode_words(whole: Message, name: str, text: str, address: str = "") -> None:
    """A field anew, in words of 75 characters, as RFC 2047 asks; Django's have 76.

    What only looks like an encoded word is encoded too, so that it is shown as typed.
    """
    if text.isascii() and "=?" not in text:
        return
    words = Header(text, "utf-8", maxlinelen=75, header_name=name).encode()
    whole.replace_header(name, f"{words} <{parseaddr(str(whole[name]))[1]}>" if address else words)


def write_address(whole: Message, address: str) -> None:
    """Where there is no ASCII for what stands before the @, UTF-8 (RFC 6532); Django makes it an
    encoded word, which is another address."""
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        octets = f"{local}@{punycode(domain)}".encode()
        whole.replace_header("To", octets.decode("ascii", "surrogateescape"))
