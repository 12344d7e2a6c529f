"""Amazon SNS, which brings SES's events: whose they are, and that we want them.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.module_loading import import_string

AMAZON = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
CERTIFICATE = re.compile(r"/SimpleNotificationService-[\w-]+\.pem")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]
HASHES = {"1": "SHA1", "2": "SHA256"}
SECONDS = 10

Words = Mapping[str, object]
Fetch = Callable[[str], bytes]


class Forged(ValueError):
    """A message that is not Amazon's, or of a topic that is not ours; the message says which."""


def is_notification(body: bytes) -> bool:
    """Whether it brings events. Whoever asks whether we want a topic's is answered that we do.

    Raises Forged, ValueError for what is no JSON object, and ConnectionError.
    """
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("no object")
    verify(message, certificate)
    if message["Type"] == "SubscriptionConfirmation":
        fetch(amazons(str(message["SubscribeURL"])))
    return bool(message["Type"] == "Notification")


def verify(message: Words, get: Fetch) -> None:
    """Raises Forged unless Amazon has signed it and the topic is one of ours, where these are
    named."""
    if settings.SES_TOPICS and message.get("TopicArn") not in settings.SES_TOPICS:
        raise Forged("a topic that is not among SES_TOPICS")
    if message.get("Type") not in SIGNED:
        raise Forged("a message of no known type")
    name = HASHES.get(str(message.get("SignatureVersion")))
    if name is None:
        raise Forged("a signature of no known version")
    url = amazons(str(message.get("SigningCertURL")))
    if not CERTIFICATE.fullmatch(urlsplit(url).path):
        raise Forged("an address that is no certificate's")
    pem = get(url)
    is_signed = import_string("newsletter.track.signature.is_signed")
    if not is_signed(pem, str(message.get("Signature")), signed_text(message), name):
        raise Forged("the signature is not Amazon's")


def signed_text(message: Words) -> str:
    fields = [name for name in SIGNED[str(message["Type"])] if name in message]
    return "".join(f"{name}\n{message[name]}\n" for name in fields)


def amazons(url: str) -> str:
    """The address, if it is one of Amazon's own over HTTPS: nobody can have us ask elsewhere."""
    parts = urlsplit(url)
    if parts.scheme == "https" and AMAZON.fullmatch(parts.netloc):
        return url
    raise Forged("an address that is not Amazon's")


def fetch(url: str) -> bytes:
    """Raises ConnectionError, and Forged where nothing is there."""
    try:
        answer = httpx.get(url, timeout=SECONDS).raise_for_status()
    except httpx.HTTPStatusError as error:
        if error.response.is_client_error:
            raise Forged(f"an address that Amazon answers {error.response.status_code}") from error
        raise ConnectionError(f"{urlsplit(url).netloc}: {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise ConnectionError(f"{urlsplit(url).netloc}: {type(error).__name__}") from error
    return answer.content


certificate = lru_cache(maxsize=32)(fetch)
