"""Which message a mail becomes: an edition to one reader, or a small mail of ours."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.utils import format_datetime

from django.conf import settings

from newsletter.addressee import Addressee
from newsletter.links import home_url, unsubscribe_url
from newsletter.message.fields import domain, personal_headers, sender, shared_headers
from newsletter.message.fixed import FixedMessage
from newsletter.models import Newsletter, Rendition
from newsletter.render import Rendered, frozen


def edition_message(rendition: Rendition, addressee: Addressee) -> FixedMessage:
    """A frozen rendition to one reader, for any mail backend.

    Every attempt of one delivery gives the same bytes, Message-ID and Date included, as long as
    the site's address, its keys, and the newsletter's name and sender fields stay.
    Raises NotFrozen.
    """
    return fixed_message(
        frozen(rendition),
        rendition.edition.newsletter,
        to=addressee.address,
        link=unsubscribe_url(addressee.subscription_id),
        headers=shared_headers(rendition) | personal_headers(rendition, addressee),
    )


def small_mail(
    rendered: Rendered, newsletter: Newsletter, *, to: str, dated: datetime
) -> FixedMessage:
    """A confirmation, a notice, a proof copy: nobody's subscription, so there is none to end.

    The same mail to the same address of the same moment has the same bytes.
    """
    key = hashlib.sha256(f"{rendered.sha256} {to} {dated}".encode()).hexdigest()[:32]
    return fixed_message(
        rendered,
        newsletter,
        to=to,
        link=home_url(settings.LANGUAGE_CODE),
        headers={
            "Date": format_datetime(dated),
            "Message-ID": f"<{key}@{domain(newsletter)}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def fixed_message(
    mail: Rendered, newsletter: Newsletter, *, to: str, link: str, headers: dict[str, str]
) -> FixedMessage:
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
    message.unfilled = mail
    return message
