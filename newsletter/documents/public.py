"""The mail of an edition without what is one reader's own."""

from __future__ import annotations

from newsletter.links import home_url
from newsletter.models import Edition
from newsletter.render import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, what_readers_get

NOBODY = "…"  # in place of the reader's address


def public_html(edition: Edition, language: str) -> str:
    """The mail's HTML as anybody may see it; once approved, what is frozen.

    The link to unsubscribe is one reader's; in its place stands the address of the front page.
    """
    return without_slots(what_readers_get(edition, language).html, language)


def public_text(edition: Edition, language: str) -> str:
    """The plain text of the same mail."""
    return without_slots(what_readers_get(edition, language).text, language)


def without_slots(mail: str, language: str) -> str:
    return mail.replace(UNSUBSCRIBE_URL_SLOT, home_url(language)).replace(ADDRESS_SLOT, NOBODY)
