"""DMARC: what receivers do with mail that nobody vouches for (RFC 9989)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from newsletter.doctor import names
from newsletter.doctor.finding import Ailment, Finding, Level
from newsletter.doctor.spf import SPAM

RETIRED = ("pct", "rf", "ri")  # RFC 9989, C.7
STEPS = 8  # up the tree (4.10)

MISSING = Ailment(
    "dmarc-missing",
    Level.WARNING,
    _("%(domain)s has no DMARC record."),
    SPAM,
    _("Add a TXT record to _dmarc.%(domain)s, for a beginning: v=DMARC1; p=none"),
)
SEVERAL = Ailment(
    "dmarc-several",
    Level.WARNING,
    _("%(domain)s has %(count)s DMARC records, and may have one."),
    SPAM,
    _("Leave one of the TXT records of _dmarc.%(domain)s."),
)
OUTDATED = Ailment(
    "dmarc-outdated",
    Level.WARNING,
    _("The DMARC record of %(domain)s says %(tags)s, which has no meaning any more."),
    _("Nothing, but what it was to do is not done."),
    _("Take it out; t=y says that the policy is only tried, where pct=0 did."),
)
NOT_ALIGNED = Ailment(
    "not-aligned",
    Level.WARNING,
    _("Mail from %(domain)s is sent in the name of %(signer)s."),
    _("SPF, or the provider’s signature, then does not count for DMARC."),
    _("Take BOUNCE_ADDRESS, or Mailgun’s sender_domain, in the sender’s domain."),
)


def findings(domain: str, signers: Iterable[str]) -> Iterator[Finding]:
    """`signers` are the other domains in which mail is sent. Raises NotKnown."""
    place, records = policy_of(domain)
    if len(records) > 1:
        yield SEVERAL.found(domain=place, count=len(records))
    elif not records:
        yield MISSING.found(domain=domain)
    tags = tags_of(records[0]) if len(records) == 1 else {}
    if retired := [f"{tag}={tags[tag]}" for tag in RETIRED if tag in tags]:
        yield OUTDATED.found(domain=place, tags=", ".join(retired))
    for signer in signers:
        if not is_aligned(domain, signer, place if records else "", tags):
            yield NOT_ALIGNED.found(domain=domain, signer=signer)


def policy_of(domain: str) -> tuple[str, list[str]]:
    """The records of the domain, or of the nearest above it that has one; and whose they are."""
    labels = domain.split(".")
    for above in range(max(0, len(labels) - STEPS), len(labels) - 1):
        place = ".".join(labels[above:]) if above else domain
        texts = names.texts(f"_dmarc.{place}")
        if records := [text for text in texts if text.lower().startswith("v=dmarc1")]:
            return place, records
    return domain, []


def tags_of(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {tag.strip().lower(): value.strip().lower() for tag, _, value in pairs if tag.strip()}


def is_aligned(domain: str, signer: str, organisation: str, tags: dict[str, str]) -> bool:
    """The same; or, unless the record is strict, of the same organisation."""
    if signer == domain:
        return True
    if tags.get("aspf") == "s":
        return False
    if organisation:
        return signer == organisation or signer.endswith(f".{organisation}")
    return signer.endswith(f".{domain}") or domain.endswith(f".{signer}")
