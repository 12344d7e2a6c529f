"""What the environment may say, and the key that is made where it says none.

Each check raises environs' ValidationError with what to write instead.
"""

import re
from base64 import b64decode
from contextlib import suppress
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.module_loading import import_string
from environs import ValidationError, validate

IMAP = ("imap", "imaps")
ON, OFF = ("true", "1", "yes", "on", "t", "y"), ("", "false", "0", "no", "off", "f", "n")


def kept_secret_key(folder: Path) -> str:
    """The key of this installation, made at the first start and kept for the next ones.

    Written aside first: of processes that start at once all get the same one, and none gets half.
    """
    path = folder / "secret_key"
    if not path.exists():
        with NamedTemporaryFile("w", dir=folder) as aside, suppress(FileExistsError):
            aside.write(get_random_secret_key())
            aside.flush()
            path.hardlink_to(aside.name)
    if key := path.read_text().strip():
        return key
    raise ImproperlyConfigured(
        f"{path} is empty: bring it back from a backup. If this installation has mailed nothing "
        "yet, remove it, and a new key is made."
    )


def count(text: str, *, least: int, blank: int) -> int:
    """A whole number, not below `least`; `blank` where nothing is written."""
    if not text:
        return blank
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise ValidationError(f"write a whole number from {least} on, or leave it blank")
    return int(text)


def switch(text: str) -> bool:
    """Off where nothing is written."""
    if text.lower() not in (*ON, *OFF):
        raise ValidationError("write true or false")
    return text.lower() in ON


def web_address(text: str) -> None:
    if text:
        wrong = "write where readers find the site: https://papers.example.org"
        validate.URL(schemes={"http", "https"}, require_tld=False, error=wrong)(text)


def web_origins(texts: list[str]) -> None:
    """As browsers write them: without a path, in small letters."""
    wrong = "write sites as browsers name them: https://blog.example.org"
    for text in texts:
        validate.URL(schemes={"http", "https"}, require_tld=False, error=wrong)(text)
        parts = urlsplit(text)
        if text != f"{parts.scheme}://{parts.netloc}".lower() or "@" in parts.netloc:
            raise ValidationError(wrong)


def redis_url(text: str) -> None:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValidationError("write where Redis is: redis://host:6379/1")


def mail_address(text: str) -> None:
    """With a name before it or without."""
    if text:
        wrong = "write an address, or a name and an address: Paperboy <paperboy@example.org>"
        validate.Email(error=wrong)(parseaddr(text)[1])


def plain_address(text: str) -> None:
    """Without a plus: what stands behind one tells which mail came back."""
    if text:
        validate.Email(error="write an address: bounces@example.org")(text)
        local_part = text.rpartition("@")[0]
        if "+" in local_part or len(local_part) > 31:  # of 64 octets, with a mail's name behind
            raise ValidationError("write a short address without a plus: bounces@example.org")


def mailbox_url(text: str) -> None:
    wrong = ValidationError(
        "write imaps://user:password@host, special characters percent-encoded; or maildir:///folder"
    )
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong from None
    if text and not text.startswith("maildir:///") and not (is_whole and parts.scheme in IMAP):
        raise wrong


def secrets_with_users(secrets: list[str]) -> None:
    if not all(secret.partition(":")[2] for secret in secrets):
        raise ValidationError("write user:password, as providers send it with each call")


def resend_key(text: str) -> None:
    wrong = ValidationError("write it as Resend shows it: whsec_ and Base64 behind it")
    try:
        is_key = bool(b64decode(text.removeprefix("whsec_"), validate=True))
    except ValueError:
        raise wrong from None
    if text and not is_key:
        raise wrong


def sendgrid_key(text: str) -> None:
    """An elliptic curve's, as Twilio's page on the signed event webhook says."""
    if not text:
        return
    needs_cryptography()
    wrong = ValidationError("write the verification key as SendGrid shows it: one line of Base64")
    try:
        der = b64decode(text, validate=True)
        key = import_string("cryptography.hazmat.primitives.serialization.load_der_public_key")(der)
    except ValueError:
        raise wrong from None
    if not hasattr(key, "curve"):
        raise wrong


def topics(arns: list[str]) -> None:
    if not all(re.fullmatch(r"arn:aws[\w-]*:sns:[\w-]+:\d+:\S+", arn) for arn in arns):
        raise ValidationError("write ARNs: arn:aws:sns:eu-west-1:123456789012:paperboy")
    if arns:
        needs_cryptography()


def networks(texts: list[str]) -> None:
    try:
        for text in texts:
            ip_network(text)
    except ValueError:
        raise ValidationError("write networks: 10.0.0.0/8,fd00::/8") from None


def needs_cryptography() -> None:
    if find_spec("cryptography") is None:
        raise ValidationError("its signatures need cryptography: pip install cryptography")
