"""DKIM: the key that a domain's mail is signed with (RFC 6376).

It stands under a name that only whoever signs knows, so those that are usual are looked at.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from newsletter.doctor import names
from newsletter.doctor.dmarc import tags_of
from newsletter.doctor.finding import Ailment, Finding, Level
from newsletter.doctor.spf import SPAM

# The selectors that each says in its own documents.
SELECTORS = {
    "brevo": ("mail", "brevo1", "brevo2"),
    "mailgun": ("mailo", "mx", "smtp", "k1", "pic"),
    "mailjet": ("mailjet",),
    "mailtrap": ("rwmt1", "rwmt2"),
    "postmark": ("pm",),
    "resend": ("resend",),
    "sendgrid": ("s1", "s2", "m1"),
}
OF_RELAYS = ("default", "mail", "dkim", "selector1", "google")
SHORT_RSA = 250  # octets of a public key in DER: one of 2,048 bits has 294, of 1,024 bits 162

NOT_FOUND = Ailment(
    "dkim-not-found",
    Level.UNKNOWN,
    _("Under the usual names (%(names)s) %(domain)s has no DKIM key; it may have another."),
    SPAM,
    _("Look into a mail that came: its DKIM-Signature names the domain (d=) and the key (s=)."),
)
REVOKED = Ailment(
    "dkim-revoked",
    Level.WARNING,
    _("The DKIM key %(name)s of %(domain)s is withdrawn."),
    SPAM,
    _("If mail is still signed with it, publish the key that your provider shows."),
)
WEAK = Ailment(
    "dkim-weak",
    Level.WARNING,
    _("The DKIM key %(name)s of %(domain)s has fewer than 2,048 bits."),
    _("Some receivers take it for no signature."),
    _("Have the provider or relay make a new one."),
)


def findings(domain: str, schemes: Iterable[str]) -> Iterator[Finding]:
    """Of mail that leaves by these. Raises NotKnown."""
    selectors = [name for scheme in schemes for name in SELECTORS.get(scheme, OF_RELAYS)]
    selectors = list(dict.fromkeys(selectors))
    keys = {name: key for name in selectors if (key := key_of(domain, name)) is not None}
    if not keys:
        yield NOT_FOUND.found(domain=domain, names=", ".join(selectors))
    for name, key in keys.items():
        if not key.get("p"):
            yield REVOKED.found(domain=domain, name=name)
        elif key.get("k", "rsa") == "rsa" and octets(key["p"]) < SHORT_RSA:
            yield WEAK.found(domain=domain, name=name)


def key_of(domain: str, selector: str) -> dict[str, str] | None:
    """Its tags; None where there is none. The key itself is as it was written."""
    for text in names.texts(f"{selector}._domainkey.{domain}"):
        if "p=" in text:
            key = "".join(text.partition("p=")[2].partition(";")[0].split())
            return tags_of(text) | {"p": key}
    return None


def octets(key: str) -> int:
    try:
        return len(b64decode(key, validate=True))
    except Error:
        return 0
