"""Which message a mail becomes: an edition to one reader, or a small mail of ours."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.utils import format_datetime

from django.conf import settings

from newsletter.addressee import Addressee
from newsletter.links import home_url, unsubscribe_url
from newsletter.message.fields import (
    domain,
    list_id,
    own_headers,
    printable,
    sender,
    shared_headers,
)
from newsletter.message.fixed import FixedMessage
from newsletter.message.message_id import message_id, notice_message_id
from newsletter.models import Newsletter, Notice, Rendition, Subscription
from newsletter.rendered import Rendered, frozen


def edition_message(rendition: Rendition, addressee: Addressee) -> FixedMessage:
    """A frozen rendition to one reader, for any mail backend.

    Every attempt of one delivery gives the same bytes, Message-ID and Date included, as long as
    the site's address, its keys, and the newsletter's name and sender fields stay.
    Raises NotFrozen, and Unprintable for an address that would break out of its field.
    """
    return written(
        rendition,
        to=printable(addressee.address, of=f"the address of delivery {addressee.delivery_id}"),
        link=unsubscribe_url(addressee.subscription_id),
        name=message_id(addressee.delivery_id, domain(rendition.edition.newsletter)),
    )


def written(rendition: Rendition, *, to: str, link: str, name: str) -> FixedMessage:
    """A frozen rendition with whatever is to stand where readers differ."""
    newsletter = rendition.edition.newsletter
    return FixedMessage(
        frozen(rendition),
        to=to,
        link=link,
        from_email=sender(newsletter),
        reply_to=newsletter.reply_to,
        headers=shared_headers(rendition) | own_headers(link=link, name=name),
    )


def reader_mail(rendered: Rendered, subscription: Subscription, notice: Notice) -> FixedMessage:
    """A notice to a reader, with the reader's own links in it, and the one click that ends it."""
    to, newsletter = subscription.subscriber.email, subscription.newsletter
    link = unsubscribe_url(subscription.pk)
    return FixedMessage(
        rendered,
        to=to,
        link=link,
        from_email=sender(newsletter),
        reply_to=newsletter.reply_to,
        headers={
            "Date": format_datetime(notice.due_at),
            "List-Id": list_id(newsletter),
            "Auto-Submitted": "auto-generated",
            **own_headers(link=link, name=notice_message_id(notice.pk, domain(newsletter))),
        },
    )


def notice_mail(
    rendered: Rendered, newsletter: Newsletter, notice: Notice, *, to: str
) -> FixedMessage:
    """A notice to somebody who may be no reader."""
    return small_mail(
        rendered,
        newsletter,
        to=to,
        dated=notice.due_at,
        name=notice_message_id(notice.pk, domain(newsletter)),
    )


def small_mail(
    rendered: Rendered, newsletter: Newsletter, *, to: str, dated: datetime, name: str = ""
) -> FixedMessage:
    """A confirmation, a notice, a proof copy: nobody's subscription, so there is none to end.

    The same mail to the same address of the same moment has the same bytes.
    """
    return FixedMessage(
        rendered,
        to=to,
        link=home_url(settings.LANGUAGE_CODE),
        from_email=sender(newsletter),
        reply_to=newsletter.reply_to,
        headers={
            "Date": format_datetime(dated),
            "Message-ID": name or name_of(rendered, newsletter, to, dated),
            "Auto-Submitted": "auto-generated",
        },
    )


def name_of(rendered: Rendered, newsletter: Newsletter, to: str, dated: datetime) -> str:
    """A Message-ID; the same mail to the same address of the same moment has the same."""
    key = hashlib.sha256(f"{rendered.sha256} {to} {dated}".encode()).hexdigest()[:32]
    return f"<{key}@{domain(newsletter)}>"
