"""What comes back by mail: bounces, complaints of feedback loops, and everything else.

Sources: RFC 3464 (delivery status notifications), RFC 5965 (complaints, ARF), RFC 3834 (automatic
answers). Where a server writes as it likes, the words of its mail are searched for a code.
"""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

from newsletter.message import delivery_of_message_id, notice_of_message_id
from newsletter.models import DeliveryEvent
from newsletter.track.said import Said, printable
from newsletter.track.verdict import CODE, bounce_kind

Kind = DeliveryEvent.Kind

PROVIDER = "mail"
COME_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
FEEDBACK = {"abuse": Kind.COMPLAINED, "fraud": Kind.COMPLAINED, "opt-out": Kind.UNSUBSCRIBED}
POSTMASTERS = re.compile(r"\b(mailer-daemon|postmaster|mail delivery)\b", re.IGNORECASE)
MOST_TEXT = 10_000  # characters in which a code is looked for


def read_bounce(octets: bytes, received_at: datetime) -> Said | None:
    """What a mail tells of one of ours; None for what a person has to read: a reader's answer, a
    report of a mail that nobody knows. Raises nothing for whatever octets.

    The same octets give the same event.
    """
    mail = BytesParser(policy=email.policy.compat32).parsebytes(octets)
    names = tuple(names_in(mail))
    found = what_it_tells(mail)
    if not names or found is None:
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


def names_in(mail: Message) -> Iterator[str]:
    """The names of our making: in the address it came to, and in what it gives back of the mail."""
    told = [str(value) for field in COME_TO for value in mail.get_all(field, [])]
    candidates = [address for _, address in getaddresses(told)]
    for part in mail.walk():
        candidates += [str(value) for value in part.get_all("Message-ID", [])]
        candidates += re.findall(r"^Message-ID:\s*(<[^<>\s]+>)", text_of(part), re.M | re.I)
    for name in candidates:
        if delivery_of_message_id(name) or notice_of_message_id(name):
            yield name


def what_it_tells(mail: Message) -> tuple[Kind, str] | None:
    """Its kind and code."""
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = fields_of(part)
            return FEEDBACK.get(fields.get("feedback-type", "").lower(), Kind.OTHER), ""
        if part.get_content_type() == "message/delivery-status":
            return status_in(part)
    return in_plain_words(mail)


def status_in(part: Message) -> tuple[Kind, str]:
    """Of the first recipient that it reports: ours has one alone. What is delayed is tried on."""
    for block in parts_of(part):
        action = str(block.get("Action", "")).strip().lower()
        if action in ("delivered", "relayed", "expanded"):
            return Kind.DELIVERED, ""
        if action == "failed":
            told = f"{block.get('Diagnostic-Code', '')} {block.get('Status', '')}"
            return bounced(told)
    return Kind.OTHER, ""


def in_plain_words(mail: Message) -> tuple[Kind, str] | None:
    """Of what is no report: a bounce only if a postmaster wrote it, or a machine's answer."""
    if str(mail.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied"):
        return Kind.OTHER, ""
    if not POSTMASTERS.search(f"{mail.get('From', '')} {mail.get('X-Failed-Recipients', '')}"):
        return None
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            return bounced(text_of(part)[:MOST_TEXT])
    return bounced("")


def bounced(told: str) -> tuple[Kind, str]:
    """Where a relay's own code and the general one differ, the relay's stands first."""
    codes = CODE.findall(told)
    known = [code for code in codes if not code.endswith(".0.0")] or codes
    code = known[0] if known else ""
    return bounce_kind(code), code


def fields_of(part: Message) -> dict[str, str]:
    """The fields of a report, which stand in its body."""
    for head in parts_of(part):
        return {name.lower(): str(value).strip() for name, value in head.items()}
    lines = (line.partition(":") for line in text_of(part).splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace")
    return "\n".join(str(inner) for inner in parts_of(part)[:1])


def parts_of(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if part.is_multipart() else []


def dated(mail: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(printable(str(mail.get("Date", ""))))
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None
