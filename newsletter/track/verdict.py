"""What a bounce says of the reader, and what it says of us.

The enhanced status code (RFC 3463) comes first. Where a provider tells none, its own words count,
each read as its documentation means them; what neither explains is taken for a passing fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from anymail.signals import AnymailTrackingEvent, EventType

from newsletter.models import DeliveryEvent

Kind = DeliveryEvent.Kind

CODE = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
VAGUE = ".0.0"
# No such mailbox, or none any more, or moved without a forward; that mailbox takes none.
HARD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
NO_HOST = "5.1.2"  # a domain that cannot be found today may be back tomorrow
BAD_SENDER = ("5.1.7", "5.1.8")  # ours
PASSING = ("4.", "5.2.2", "5.2.3", "5.3.", "5.4.", "5.5.", "5.6.")

SIMPLE = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
FAILURES = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
STILL_TRIED = {EventType.QUEUED, EventType.SENT, EventType.DEFERRED}

Words = Mapping[str, object]


def kind_of(event: AnymailTrackingEvent, provider: str) -> Kind:
    """What an event of Anymail's means; what is still tried, opened or clicked is `other`."""
    words = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    meant = READERS[provider](words) if provider in READERS else None
    if event.event_type in SIMPLE and meant is not Kind.POLICY:
        return SIMPLE[event.event_type]
    is_told = meant is Kind.SOFT or (meant and event.event_type not in STILL_TRIED)
    if event.event_type in FAILURES or is_told:
        return bounce_kind(code_of(event), meant)
    return Kind.OTHER


def bounce_kind(code: str, meant: Kind | None = None) -> Kind:
    """Of a mail that did not arrive, by its code and by what its teller meant."""
    if meant in (Kind.COMPLAINED, Kind.UNSUBSCRIBED):
        return meant
    if code[1:].startswith(".7.") or code in BAD_SENDER:
        return Kind.POLICY
    if code in HARD:
        return Kind.HARD
    return Kind.SOFT if code.startswith(PASSING) else meant or Kind.SOFT


def code_of(event: AnymailTrackingEvent) -> str:
    """The enhanced status code somewhere in what is told; blank without one."""
    words = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    own = said(words, "status"), said(words, "event-data", "delivery-status", "enhanced-code")
    told = (*own, event.mta_response, event.description)
    return code_in(*(text for text in told if isinstance(text, str)))


def code_in(*texts: str) -> str:
    """The first that says more than that something failed, if one does."""
    codes = [code for text in texts for code in CODE.findall(text)]
    return next((code for code in codes if not code.endswith(VAGUE)), codes[0] if codes else "")


def said(words: Words, *path: str) -> str:
    """What stands at a place of a provider's JSON, in small letters; blank if nothing, or no
    text."""
    place: object = words
    for name in path:
        place = place.get(name) if isinstance(place, Mapping) else None
    return str(place).strip().lower() if isinstance(place, str | int) else ""


def amazon_ses(words: Words) -> Kind | None:
    """https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types"""
    if "bounce" not in words:
        return None
    kind = said(words, "bounce", "bounceType")
    detail = said(words, "bounce", "bounceSubType")
    if detail in ("contentrejected", "attachmentrejected"):
        return Kind.POLICY
    return Kind.HARD if kind == "permanent" else Kind.SOFT


def brevo(words: Words) -> Kind | None:
    """https://developers.brevo.com/docs/transactional-webhooks"""
    kinds = {
        "hard_bounce": Kind.HARD,
        "invalid_email": Kind.HARD,
        "soft_bounce": Kind.SOFT,
        "unsubscribed": Kind.UNSUBSCRIBED,
    }
    return kinds.get(said(words, "event"))


def mailgun(words: Words) -> Kind | None:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/events; its codes of its own are
    605 for an address that bounced before and 607 for one that complained."""
    data = words.get("event-data")
    data = data if isinstance(data, Mapping) else {}
    reason, code = said(data, "reason"), said(data, "delivery-status", "code")
    if reason == "suppress-complaint" or code == "607":
        return Kind.COMPLAINED
    if reason == "suppress-unsubscribe":
        return Kind.UNSUBSCRIBED
    if reason == "suppress-bounce" or code == "605":
        return Kind.HARD
    if reason == "espblock":
        return Kind.POLICY
    if said(data, "event") == "failed" and said(data, "severity") == "permanent":
        return Kind.HARD if reason == "bounce" else Kind.SOFT
    return None


def mailjet(words: Words) -> Kind | None:
    """https://dev.mailjet.com/email/guides/webhooks/#possible-values-for-errors"""
    error = said(words, "error")
    if error == "spam reporter":
        return Kind.COMPLAINED
    if error in ("sender blocked", "content blocked", "policy issue", "relay/access denied"):
        return Kind.POLICY
    if error == "preblocked" or words.get("hard_bounce") is True:
        return Kind.HARD
    return None


def mailtrap(words: Words) -> Kind | None:
    """https://docs.mailtrap.io/email-api-smtp/advanced/webhooks"""
    return {"bounce": Kind.HARD, "soft bounce": Kind.SOFT}.get(said(words, "event"))


def postmark(words: Words) -> Kind | None:
    """https://postmarkapp.com/developer/api/bounce-api#bounce-types"""
    hard = ("hardbounce", "bademailaddress", "manuallydeactivated")
    kind = said(words, "Type") or said(words, "SuppressionReason")
    if kind in hard:
        return Kind.HARD
    return Kind.POLICY if kind in ("blocked", "dmarcpolicy", "spamnotification") else None


def resend(words: Words) -> Kind | None:
    """https://resend.com/docs/dashboard/emails/email-bounces"""
    if said(words, "type") == "email.suppressed":
        return Kind.HARD
    kind = said(words, "data", "bounce", "type")
    message = said(words, "data", "bounce", "message")
    if kind == "permanent" or "hard bounce" in message or "suppressed sending" in message:
        return Kind.HARD
    return Kind.SOFT if kind or message else None


def sendgrid(words: Words) -> Kind | None:
    """https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event"""
    event, kind, reason = (said(words, name) for name in ("event", "type", "reason"))
    if event == "dropped":
        dropped = {
            "bounced address": Kind.HARD,
            "invalid": Kind.HARD,
            "spam reporting address": Kind.COMPLAINED,
            "unsubscribed address": Kind.UNSUBSCRIBED,
            "spam content": Kind.POLICY,
        }
        return dropped.get(reason)
    return Kind.HARD if event == "bounce" and kind == "bounce" else None


def sparkpost(words: Words) -> Kind | None:
    """https://support.sparkpost.com/docs/deliverability/bounce-classification-codes"""
    message = words.get("msys")
    events = list(message.values()) if isinstance(message, Mapping) else []
    number = said(events[0], "bounce_class") if events and isinstance(events[0], Mapping) else ""
    if number in ("10", "30"):
        return Kind.HARD
    if number in ("25", "50", "51", "52", "53", "54"):
        return Kind.POLICY
    return Kind.UNSUBSCRIBED if number == "90" else None


READERS: dict[str, Callable[[Words], Kind | None]] = {
    "brevo": brevo,
    "mailgun": mailgun,
    "mailjet": mailjet,
    "mailtrap": mailtrap,
    "postmark": postmark,
    "resend": resend,
    "sendgrid": sendgrid,
    "ses": amazon_ses,
    "sparkpost": sparkpost,
}
