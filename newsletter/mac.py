"""Keyed hashes: what shows that a token or an identifier is of our making."""

import hashlib
import hmac
from functools import cache

from django.conf import settings


def mac(salt: str, text: str, secret: str = "") -> bytes:
    """32 octets, under SECRET_KEY unless another secret is named.

    The same as Django's `salted_hmac(salt, text, secret, algorithm="sha256")`, which derives its
    key anew each time; here a mail costs two of them.
    """
    return hmac.digest(derived_key(salt, secret or settings.SECRET_KEY), text.encode(), "sha256")


def secrets() -> list[str]:
    """Every key under which what we made once is still ours, the one in use first."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


@cache
def derived_key(salt: str, secret: str) -> bytes:
    return hashlib.sha256(f"{salt}{secret}".encode()).digest()
