"""What batch calls look like, provider by provider: what Anymail does not say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import NamedTuple

from newsletter.carry import answers
from newsletter.carry.answers import Read
from newsletter.models import Rendition


class Own(NamedTuple):
    """What of a call is one reader's own."""

    address: str
    link: str
    message_id: str
    delivery: str  # the local part of the Message-ID: by it the provider's events name the delivery


# They stand for a reader, and for the call's key, until it is known; nobody can write them before.
MARK = Own(*(f"{token_hex(8)}@mark.invalid" for _ in Own._fields))
KEY = token_hex(8)

IN_BRACES = r"[{%#_]"  # the last: a slot of ours, which will be written with braces


@dataclass(frozen=True)
class Shape:
    """Of one provider's batch call.

    `slot` is how the provider's merge language writes a field; blank: it has none that works in a
    batch, and each reader gets bodies of their own. That language would take the character `opens`
    for its own in a text of ours, where what matches `before` follows. `readers` leads to the list
    of readers in the call's JSON; None: the call is a form, as Mailgun wants it.
    """

    most_at_once: int
    read: Read
    readers: tuple[str, ...] | None = ()
    slot: str = ""
    opens: str = ""
    before: str = ""
    is_whole: bool = False  # it takes a call for all of its readers, or for none
    key_valid_for: timedelta | None = None
    names: tuple[str, ...] = ("delivery",)  # of the metadata that hold the delivery
    headers: dict[str, str] = field(default_factory=dict)  # of the messages
    own_headers_alone: bool = False  # a reader's own are all that the message gets
    http_headers: Mapping[str, str] = field(default_factory=dict)
    extra: Callable[[Rendition], dict[str, object]] = lambda rendition: {}
    options: Mapping[str, object] = field(default_factory=dict)  # of Anymail's backend


def campaign(rendition: Rendition) -> dict[str, object]:
    """Mailjet sends nobody a second mail of a campaign, however late it is asked to."""
    edition, frozen_at = rendition.edition, rendition.frozen_at
    assert frozen_at is not None  # it is what is sent
    name = f"{edition.newsletter.slug} {edition.date} {frozen_at:%Y%m%dT%H%M%S%f}"
    of_all = {"TemplateLanguage": True, "CustomCampaign": name, "DeduplicateCampaign": True}
    return {"Globals": of_all}


SHAPES = {
    # https://developers.brevo.com/docs/batch-send-transactional-emails; the key lasts 30 minutes:
    # https://developers.brevo.com/docs/heterogenous-versions-batch-emails
    "brevo": Shape(
        most_at_once=1_000,
        read=answers.brevo,
        readers=("messageVersions",),
        slot="{{{{params.{}}}}}",
        opens="{",
        before=IN_BRACES,
        is_whole=True,
        key_valid_for=timedelta(minutes=25),
        headers={"idempotencyKey": KEY},
        own_headers_alone=True,
    ),
    # https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/batch-sending
    "mailgun": Shape(
        most_at_once=1_000,
        read=answers.mailgun,
        readers=None,
        slot="%recipient.{}%",
        opens="%",
        before=r"recipient|unsubscribe|tag_unsubscribe|mailing_list|_",
        is_whole=True,
    ),
    # https://dev.mailjet.com/email/reference/send-emails#v3_1_post_send
    "mailjet": Shape(
        most_at_once=50,
        read=answers.mailjet,
        readers=("Messages",),
        slot="{{{{var:{}}}}}",
        opens="{",
        before=IN_BRACES,
        key_valid_for=timedelta(days=365),
        own_headers_alone=True,
        extra=campaign,
    ),
    # https://postmarkapp.com/developer/user-guide/send-email-with-api/batch-emails: 500, or 50 MB
    "postmark": Shape(
        most_at_once=100,
        read=answers.postmark,
        headers={"X-PM-KeepID": "true"},
    ),
    # https://resend.com/docs/dashboard/emails/batch-sending; the key lasts 24 hours:
    # https://resend.com/docs/dashboard/emails/idempotency-keys
    "resend": Shape(
        most_at_once=100,
        read=answers.resend,
        key_valid_for=timedelta(hours=23),
        http_headers={"Idempotency-Key": KEY, "x-batch-validation": "permissive"},
    ),
    # https://www.twilio.com/docs/sendgrid/for-developers/sending-email/personalizations
    "sendgrid": Shape(
        most_at_once=1_000,
        read=answers.sendgrid,
        readers=("personalizations",),
        slot="__{}__",
        is_whole=True,
        names=("delivery", "anymail_id"),  # the second is what Anymail tells of in its events
        options={"generate_message_id": False, "merge_field_format": "__{}__"},
    ),
    # https://developers.sparkpost.com/api/transmissions
    "sparkpost": Shape(
        most_at_once=1_000,
        read=answers.sparkpost,
        readers=("recipients",),
        slot="{{{{{}}}}}",
        opens="{",
        before=IN_BRACES,
        is_whole=True,
    ),
}
