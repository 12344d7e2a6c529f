"""Svix, by which Resend signs: https://docs.svix.com/receiving/verifying-payloads/how-manual"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

TOLERANCE = timedelta(minutes=5)


def is_signed(request: HttpRequest, key: str, now: datetime) -> bool:
    """Under `whsec_…`, a moment ago. May be called with whatever somebody has posted."""
    moment = request.headers.get("Svix-Timestamp", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 12):
        return False
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        return False
    says = f"{request.headers.get('Svix-Id', '')}.{moment}.".encode() + request.body
    secret = b64decode(key.removeprefix("whsec_"))
    expected = "v1," + b64encode(hmac.digest(secret, says, hashlib.sha256)).decode()
    signatures = request.headers.get("Svix-Signature", "").split()
    return any(constant_time_compare(each, expected) for each in signatures)
