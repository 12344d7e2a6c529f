"""The header fields of an edition's mails: those that all readers share, and each reader's own.

Source: RFC 5322 (all), 2919 and 2369 (List-…), 8058 (one click).
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.utils.encoding import punycode

from newsletter.addressee import Addressee
from newsletter.links import unsubscribe_url
from newsletter.message.message_id import message_id
from newsletter.models import Newsletter, Rendition

LONGEST_FIELD = 78  # octets of a line of the head that can be folded (RFC 5322, 2.1.1)
SENDER_ID = "paperboy"  # of the Feedback-ID: 5 to 15 characters, never changed


class NotFrozen(ValueError):
    """A rendition that was not approved has no bytes to send."""


class Unprintable(ValueError):
    """A value with a control character, which could end its field and begin another."""


def printable(value: str, *, of: str) -> str:
    """The value, if it may stand in a header. Raises Unprintable, which does not repeat it."""
    if value.isprintable():
        return value
    raise Unprintable(f"{of} holds a character that cannot be printed; write it anew")


def shared_headers(rendition: Rendition) -> dict[str, str]:
    """What stands in every mail of a frozen rendition. Raises NotFrozen."""
    edition = rendition.edition
    newsletter = edition.newsletter
    return {
        "Date": format_datetime(frozen_at(rendition)),
        "List-Id": list_id(newsletter),
        "Precedence": "bulk",
        "Feedback-ID": f"{edition.date}:{newsletter.slug}:edition:{SENDER_ID}",
    }


def frozen_at(rendition: Rendition) -> datetime:
    if rendition.frozen_at is None:
        raise NotFrozen(f"{rendition} has no frozen bytes; approve the edition first")
    return rendition.frozen_at


def personal_headers(rendition: Rendition, addressee: Addressee) -> dict[str, str]:
    """What differs from reader to reader, the same at every attempt."""
    return own_headers(
        link=unsubscribe_url(addressee.subscription_id),
        name=message_id(addressee.delivery_id, domain(rendition.edition.newsletter)),
    )


def own_headers(*, link: str, name: str) -> dict[str, str]:
    return {
        "Message-ID": name,
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def sender(newsletter: Newsletter) -> str:
    """The From: the newsletter's name, at its own address or the site's."""
    name = newsletter.from_name or newsletter.name
    return str(Address(display_name=name, addr_spec=sender_address(newsletter)))


def sender_address(newsletter: Newsletter) -> str:
    return newsletter.from_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def list_id(newsletter: Newsletter) -> str:
    """RFC 2919. A name stands before it only in ASCII, since an encoded word has no place in it,
    and only on the same line, since Python would fold it within the name."""
    place = f"{newsletter.slug}.{domain(newsletter)}"
    named = formataddr((newsletter.name, place))
    fits = len("List-Id: ") + len(named) <= LONGEST_FIELD
    return named if newsletter.name.isascii() and fits else f"<{place}>"


def domain(newsletter: Newsletter) -> str:
    return punycode(sender_address(newsletter).rpartition("@")[2])
