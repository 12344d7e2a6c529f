"""Addresses, as mail carries them and as nobody is deceived by them.

Sources: RFC 5321; UTS 46 and IDNA 2008 (RFC 5891) for domains; Unicode TS 39, 5.2 for scripts.
"""

from __future__ import annotations

import re
from functools import lru_cache

import regex
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from newsletter.models.subscribers import address_key

LONGEST, LONGEST_LOCAL_PART = 254, 64  # octets
LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)

# Those in everyday use (Unicode Standard Annex 31, table 5).
ALONE = (
    *("Arabic", "Armenian", "Bengali", "Bopomofo", "Cyrillic", "Devanagari", "Ethiopic"),
    *("Georgian", "Greek", "Gujarati", "Gurmukhi", "Hangul", "Han", "Hebrew", "Hiragana"),
    *("Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam", "Myanmar", "Oriya", "Sinhala"),
    *("Tamil", "Telugu", "Thaana", "Thai", "Tibetan"),
)
# Together they are one writing system: Japanese, Chinese with its sounds, Korean.
TOGETHER = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")


def one_writing() -> regex.Pattern[str]:
    """What is written in one of them, with the digits and signs that all share."""
    written = [["Common", "Inherited", *scripts.split()] for scripts in (*TOGETHER, *ALONE)]
    return regex.compile(
        "|".join(
            "[{}]+".format("".join(rf"\p{{scx={script}}}" for script in scripts))
            for scripts in written
        )
    )


ONE_WRITING = one_writing()


def clean_address(text: str) -> str:
    """An address as we keep it: the domain in lower-case A-labels, nothing around it.

    Whether somebody reads mail there is for the confirmation to show. Raises ValidationError for
    what mail cannot reach, and for a domain that passes for another. Takes a few microseconds where
    the domain was asked for before.
    """
    local, _at, domain = text.strip().rpartition("@")
    if settings.SMTPUTF8 and not local.isascii():
        local = beyond_ascii(local)
    elif not LOCAL_PART.fullmatch(local):
        raise unreachable()
    address = f"{local}@{as_dns_has(domain)}"
    if len(local.encode()) > LONGEST_LOCAL_PART or len(address.encode()) > LONGEST:
        raise unreachable()
    return address


def typed_key(text: str) -> str:
    """The key of an address as an editor typed it; what we would not take may be there already."""
    try:
        return address_key(clean_address(text))
    except ValidationError:
        return address_key(text)


def domain_of(address: str) -> str:
    """As it stands behind the last @, in lower case; all of it where there is none."""
    return address.rpartition("@")[2].lower()


def beyond_ascii(local: str) -> str:
    """What may stand before the @ where each channel carries SMTPUTF8 (RFC 6531), in NFC."""
    checked = validated(f"{local}@example.org")
    refuse_mixed(checked.local_part)
    return checked.local_part


@lru_cache(maxsize=10_000)
def as_dns_has(domain: str) -> str:
    """In A-labels; raises ValidationError where no mail goes, or a label mixes scripts."""
    checked = validated(f"a@{domain}")
    refuse_mixed(checked.domain)
    return str(checked.ascii_domain)


def validated(address: str) -> ValidatedEmail:
    try:
        return validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as bad:
        raise unreachable() from bad


def refuse_mixed(words: str) -> None:
    """Words between dots may be in different scripts; no one of them in two."""
    if not all(ONE_WRITING.fullmatch(word) for word in words.split(".")):
        raise ValidationError(
            _("This address mixes scripts, or is in one that few mail systems know.")
        )


def unreachable() -> ValidationError:
    return ValidationError(_("Mail cannot reach this address. Is it spelled right?"))
