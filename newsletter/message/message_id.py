"""The name of a message: the same at every attempt, and nobody else can make one.

A delivery's is `<number>.<proof>@domain`, a notice's `n.<number>.<proof>@domain`. What stands
before the @ is also what providers keep as metadata, and what a bounce comes back to.
"""

from __future__ import annotations

import re
from hmac import compare_digest

from django.conf import settings
from django.utils.http import base36_to_int, int_to_base36

from newsletter.mac import mac, secrets

MAC_BYTES = 8
FORM = re.compile(r"\s*<?(?:[^\s<>@]+\+)?(n\.)?([0-9a-z]{1,13})\.([0-9a-f]{16})(@[^\s<>@]+)?>?\s*")
SALTS = {"": "paperboy.message-id", "n.": "paperboy.notice-id"}


def delivery_name(delivery_id: int) -> str:
    """By which providers and bounces name a delivery."""
    return f"{int_to_base36(delivery_id)}.{proof('', delivery_id)}"


def notice_name(notice_id: int) -> str:
    """By which they name a small mail."""
    return f"n.{int_to_base36(notice_id)}.{proof('n.', notice_id)}"


def message_id(delivery_id: int, domain: str) -> str:
    """The Message-ID of a delivery (RFC 5322, 3.6.4)."""
    return f"<{delivery_name(delivery_id)}@{domain}>"


def notice_message_id(notice_id: int, domain: str) -> str:
    """The Message-ID of a small mail."""
    return f"<{notice_name(notice_id)}@{domain}>"


def name_in(message_id: str) -> str:
    """The name that a Message-ID was made of."""
    return message_id.strip("<>").partition("@")[0]


def return_path(name: str) -> str:
    """Where the mail of a name comes back to when it cannot be delivered: BOUNCE_ADDRESS, which has
    to be set, with the name in it (VERP)."""
    local_part, _, place = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local_part}+{name}@{place}"


def delivery_of_message_id(text: str) -> int | None:
    """The delivery that a Message-ID names, with angle brackets or without, or its part before the
    @ alone, which is what providers keep as metadata, or an address that a bounce came back to;
    None for another's.

    Bounces and providers' events carry it, and anybody may send us one: only what was made under
    SECRET_KEY or one of SECRET_KEY_FALLBACKS counts.
    """
    return number_in(text, "")


def notice_of_message_id(text: str) -> int | None:
    """The notice that one names, likewise."""
    return number_in(text, "n.")


def number_in(text: str, kind: str) -> int | None:
    found = FORM.fullmatch(text)
    if found is None or (found[1] or "") != kind:
        return None
    number = base36_to_int(found[2])
    known = any(compare_digest(found[3], proof(kind, number, secret)) for secret in secrets())
    return number if known else None


def proof(kind: str, number: int, secret: str = "") -> str:
    return mac(SALTS[kind], str(number), secret)[:MAC_BYTES].hex()
