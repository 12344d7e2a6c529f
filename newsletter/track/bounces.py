"""What comes back by mail: bounces, complaints of feedback loops, and everything else.

Sources: RFC 3464 and 6533 (delivery status notifications), RFC 5965 (complaints, ARF), RFC 3834
(automatic answers). Where a server writes as it likes, the words of its mail are searched for a
code. Anybody may write to that mailbox, and servers are old: whatever is read here may be odd.
"""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from newsletter.message import delivery_of_message_id, notice_of_message_id
from newsletter.models import DeliveryEvent
from newsletter.track.said import Said, printable
from newsletter.track.verdict import bounce_kind, code_in

Kind = DeliveryEvent.Kind

PROVIDER = "mail"
COME_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]{1,200}>)", re.MULTILINE | re.IGNORECASE)
STATUS = ("message/delivery-status", "message/global-delivery-status")
FEEDBACK = {"abuse": Kind.COMPLAINED, "fraud": Kind.COMPLAINED, "opt-out": Kind.UNSUBSCRIBED}
POSTMASTERS = re.compile(r"\b(mailer-daemon|postmaster|mail delivery)\b", re.IGNORECASE)
DELAYED = re.compile(r"\b(delayed|will (be re|re|keep )tr(y|ied)|do(es)? not need to resend)", re.I)
# From here on a plain bounce gives our own words back.
COPY = re.compile(
    r"^(--.*(original|copy|header|returned).*|.*below this line is a copy.*"
    r"|(received|return-path|message-id|list-unsubscribe|subject): .*)$",
    re.MULTILINE | re.IGNORECASE,
)
MOST_TEXT = 10_000  # characters in which a code is looked for


def read_bounce(octets: bytes, received_at: datetime) -> Said | None:
    """What a mail tells of one of ours; None for what a person has to read: a reader's answer, a
    report of a mail that nobody knows. May raise one of MALFORMED.

    The same octets give the same event.
    """
    mail = BytesParser(policy=email.policy.compat32).parsebytes(octets)
    names = tuple(names_in(mail, octets))
    found = what_it_tells(mail) if names else None
    if found is None:
        return None
    kind, code = found
    return Said(
        provider=PROVIDER,
        event_id=hashlib.sha256(octets).hexdigest(),
        kind=kind,
        names=names,
        address="",
        happened_at=min(dated(mail) or received_at, received_at),
        code=code,
        proof=f"event mail {kind.value}",
        is_bound=True,
    )


def names_in(mail: Message, octets: bytes) -> Iterator[str]:
    """The names of our making: in the address it came to, and in what it gives back of the mail."""
    told = [str(value) for field in COME_TO for value in mail.get_all(field, [])]
    candidates = [address for _, address in getaddresses(told)]
    candidates += [name.decode("ascii", "replace") for name in MESSAGE_ID.findall(octets)]
    for name in dict.fromkeys(candidates):
        if delivery_of_message_id(name) or notice_of_message_id(name):
            yield name


def what_it_tells(mail: Message) -> tuple[Kind, str] | None:
    """Its kind and code."""
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = fields_of(part)
            return FEEDBACK.get(fields.get("feedback-type", "").lower(), Kind.OTHER), ""
        if part.get_content_type() in STATUS:
            return status_in(part)
    return in_plain_words(mail)


def status_in(part: Message) -> tuple[Kind, str] | None:
    """Of the first recipient that it reports: ours has one alone. What is delayed is tried on."""
    for block in blocks_of(part):
        action = str(block.get("Action", "")).strip().lower()
        status = str(block.get("Status", "")).strip()
        if action in ("delivered", "relayed", "expanded") or (not action and status[:1] == "2"):
            return Kind.DELIVERED, ""
        if action == "delayed":
            return Kind.OTHER, ""
        if action == "failed" or status:
            return bounced(f"{block.get('Diagnostic-Code', '')} {status}")
    return None


def blocks_of(part: Message) -> list[Message]:
    """Its groups of fields. Those of the younger form are read as one message, whose body begins
    the second group."""
    blocks = parts_of(part)
    bodies = [payload for block in blocks if isinstance(payload := block.get_payload(), str)]
    return blocks + [HeaderParser().parsestr(body) for body in bodies if body.strip()]


def in_plain_words(mail: Message) -> tuple[Kind, str] | None:
    """Of what is no report: a bounce if a postmaster wrote it, nothing if another machine did."""
    if not (POSTMASTERS.search(str(mail.get("From", ""))) or "X-Failed-Recipients" in mail):
        answers = str(mail.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied")
        return (Kind.OTHER, "") if answers else None
    text = next((text_of(each) for each in mail.walk() if is_plain(each)), "")[:MOST_TEXT]
    copy = COPY.search(text)
    kind, code = bounced(text[: copy.start()] if copy else text)
    return (Kind.OTHER, "") if DELAYED.search(text) and not code.startswith("5") else (kind, code)


def is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def bounced(told: str) -> tuple[Kind, str]:
    code = code_in(told)
    return bounce_kind(code), code


def fields_of(part: Message) -> dict[str, str]:
    """The fields of a report, which stand in its body."""
    for head in parts_of(part):
        return {name.lower(): str(value).strip() for name, value in head.items()}
    lines = (line.partition(":") for line in text_of(part).splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def parts_of(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if part.is_multipart() else []


def dated(mail: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(printable(str(mail.get("Date", ""))))
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else None
