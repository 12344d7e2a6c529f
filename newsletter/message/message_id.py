"""The name of a message: the same at every attempt, and nobody else can make one."""

from __future__ import annotations

import re
from hmac import compare_digest

from django.utils.http import base36_to_int, int_to_base36

from newsletter.mac import mac, secrets

MAC_BYTES = 8
FORM = re.compile(r"\s*<?([0-9a-z]{1,13})\.([0-9a-f]{16})(@[^\s<>@]+)?>?\s*")


def message_id(delivery_id: int, domain: str) -> str:
    """The Message-ID of a delivery (RFC 5322, 3.6.4)."""
    return f"<{int_to_base36(delivery_id)}.{proof(delivery_id)}@{domain}>"


def delivery_of_message_id(text: str) -> int | None:
    """The delivery that a Message-ID names, with angle brackets or without, or its part before the
    @ alone, which is what providers keep as metadata; None for another's.

    Bounces and providers' events carry it, and anybody may send us one: only what was made under
    SECRET_KEY or one of SECRET_KEY_FALLBACKS counts.
    """
    found = FORM.fullmatch(text)
    if found is None:
        return None
    delivery_id = base36_to_int(found[1])
    known = any(compare_digest(found[2], proof(delivery_id, secret)) for secret in secrets())
    return delivery_id if known else None


def proof(delivery_id: int, secret: str = "") -> str:
    return mac("paperboy.message-id", str(delivery_id), secret)[:MAC_BYTES].hex()
