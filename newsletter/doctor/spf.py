"""SPF: which servers may send for a domain (RFC 7208)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from newsletter.doctor import names
from newsletter.doctor.finding import Ailment, Finding, Level

MOST_LOOKUPS = 10  # 4.6.4
ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")

SPAM = _("Large receivers put the mail into spam, or refuse it.")

MISSING = Ailment(
    "spf-missing",
    Level.WARNING,
    _("%(domain)s has no SPF record."),
    SPAM,
    _("Add a TXT record to it: v=spf1, what your provider names, and ~all at its end."),
)
SEVERAL = Ailment(
    "spf-several",
    Level.WARNING,
    _("%(domain)s has %(count)s SPF records, and may have one."),
    SPAM,
    _("Put them together into one TXT record."),
)
OPEN = Ailment(
    "spf-open",
    Level.WARNING,
    _("The SPF record of %(domain)s lets anybody send."),
    SPAM,
    _("Let it end in ~all or -all."),
)
TOO_LONG = Ailment(
    "spf-too-long",
    Level.WARNING,
    _("The SPF record of %(domain)s asks for more than ten others."),
    SPAM,
    _("Take out what sends no mail any more: receivers give up after ten."),
)


def findings(domain: str) -> Iterator[Finding]:
    """Raises NotKnown."""
    records = records_of(domain)
    if not records:
        yield MISSING.found(domain=domain)
    elif len(records) > 1:
        yield SEVERAL.found(domain=domain, count=len(records))
    else:
        if not ends(records[0]):
            yield OPEN.found(domain=domain)
        if lookups(records[0], {domain}) > MOST_LOOKUPS:
            yield TOO_LONG.found(domain=domain)


def records_of(domain: str) -> list[str]:
    return [text for text in names.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]


def ends(record: str) -> bool:
    """Whether it says no to all others, or leaves that to another record."""
    terms = record.lower().split()
    return any(term in ("-all", "~all") or term.startswith("redirect=") for term in terms)


def lookups(record: str, seen: set[str]) -> int:
    """How many questions it takes to read it; a few more than the limit are not counted."""
    count = 0
    for term in record.lower().split()[1:]:
        word, _, place = term.lstrip("+-~?").replace("=", ":", 1).partition(":")
        if word.partition("/")[0] not in ASKING:
            continue
        count += 1
        if word in ("include", "redirect") and place not in seen and count <= MOST_LOOKUPS:
            seen.add(place)
            count += sum(lookups(each, seen) for each in records_of(place)[:1])
        if count > MOST_LOOKUPS:
            break
    return count
