"""The messages that leave: which headers they carry, and that two attempts differ in no byte.

Source of most rules: RFC 5322 (headers), 2045 and 2047 (seven bits), 2919 and 2369 (List-…), 8058
(one click), 3834 (Auto-Submitted). docs/delivery.md tells what a retry relies on.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from newsletter.links import home_url, unsubscribe_url
from newsletter.models import Newsletter, Rendition, Subscription
from newsletter.render import Rendered, frozen
from newsletter.transfer import encoded

SENDER_ID = "paperboy"  # of the Feedback-ID: 5 to 15 characters, never changed


class NotFrozen(ValueError):
    """A rendition that was not approved has no bytes to send."""


class FixedMessage(EmailMultiAlternatives):
    """A message whose bytes follow from its fields alone, seven bits wide.

    Needs Date and Message-ID among its headers. Any mail backend can send it: those that talk to
    an API read the fields, those that talk SMTP call `message()`.
    """

    def message(self) -> Message:  # type: ignore[override]  # the stubs tell of Django 6's class
        whole: Message = super().message()
        digest = hashlib.sha256(self.extra_headers["Message-ID"].encode()).hexdigest()
        whole.set_boundary(f"=_{digest[:32]}")  # "=_" stands in no encoded body (RFC 2045, 6.7)
        for part in whole.walk():
            if not part.is_multipart():
                encode(part)
        encode_words(whole, "Subject", str(self.subject))
        encode_words(whole, "From", *parseaddr(self.from_email))
        return whole


def edition_message(rendition: Rendition, subscription: Subscription) -> EmailMultiAlternatives:
    """A frozen rendition to one reader.

    Every attempt of one edition to one address gives the same bytes, Message-ID and Date included,
    as long as the site's address, its keys, and the newsletter's name and sender fields stay.
    Raises NotFrozen.
    """
    if rendition.frozen_at is None:
        raise NotFrozen(f"{rendition} has no frozen bytes; approve the edition first")
    edition = rendition.edition
    newsletter = edition.newsletter
    link = unsubscribe_url(subscription)
    key = f"{newsletter.slug} {edition.date} {subscription.subscriber.address_key}"
    return fixed_message(
        frozen(rendition),
        newsletter,
        to=subscription.subscriber.email,
        link=link,
        headers={
            "Date": format_datetime(rendition.frozen_at),
            "Message-ID": message_id(key, newsletter),
            "List-Id": list_id(newsletter),
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
            "Feedback-ID": f"{edition.date}:{newsletter.slug}:edition:{SENDER_ID}",
        },
    )


def small_mail(
    rendered: Rendered, newsletter: Newsletter, *, to: str, dated: datetime
) -> EmailMultiAlternatives:
    """A confirmation, a notice, a proof copy: nobody's subscription, so there is none to end.

    The same mail to the same address of the same moment has the same bytes.
    """
    return fixed_message(
        rendered,
        newsletter,
        to=to,
        link=home_url(settings.LANGUAGE_CODE),
        headers={
            "Date": format_datetime(dated),
            "Message-ID": message_id(f"{rendered.sha256} {to} {dated}", newsletter),
            "Auto-Submitted": "auto-generated",
        },
    )


def fixed_message(
    mail: Rendered, newsletter: Newsletter, *, to: str, link: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    """The mail with its slots filled, from the newsletter to one address."""
    own = mail.filled(address=to, unsubscribe_url=link)
    message = FixedMessage(
        subject=own.subject,
        body=own.text,
        from_email=sender(newsletter),
        to=[to],
        reply_to=[newsletter.reply_to] if newsletter.reply_to else None,
        headers=headers,
    )
    message.attach_alternative(own.html, "text/html")
    return message


def sender(newsletter: Newsletter) -> str:
    """The From: the newsletter's name, at its own address or the site's."""
    name = newsletter.from_name or newsletter.name
    return str(Address(display_name=name, addr_spec=sender_address(newsletter)))


def sender_address(newsletter: Newsletter) -> str:
    return newsletter.from_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def message_id(key: str, newsletter: Newsletter) -> str:
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain(newsletter)}>"


def list_id(newsletter: Newsletter) -> str:
    """RFC 2919. Its name stands before it only in ASCII: an encoded word has no place in it."""
    place = f"{newsletter.slug}.{domain(newsletter)}"
    return formataddr((newsletter.name, place)) if newsletter.name.isascii() else f"<{place}>"


def domain(newsletter: Newsletter) -> str:
    return punycode(sender_address(newsletter).rpartition("@")[2])


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
