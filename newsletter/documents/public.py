"""The mail of an edition without what is one reader's own."""

from __future__ import annotations

from newsletter.links import home_url
from newsletter.models import Edition, Rendition
from newsletter.render import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, render_edition

NOBODY = "…"  # in place of the reader's address


def public_html(edition: Edition, language: str) -> str:
    """The mail's HTML as anybody may see it; once approved, what is frozen.

    The link to unsubscribe is one reader's; in its place stands the address of the front page.
    """
    frozen = frozen_rendition(edition, language)
    html = frozen.frozen_html if frozen else render_edition(edition, language).html
    return without_slots(html, language)


def public_text(edition: Edition, language: str) -> str:
    """The plain text of the same mail."""
    frozen = frozen_rendition(edition, language)
    text = frozen.frozen_text if frozen else render_edition(edition, language).text
    return without_slots(text, language)


def frozen_rendition(edition: Edition, language: str) -> Rendition | None:
    """What was approved; a draft that was reopened is rendered anew."""
    if edition.state in Edition.EDITABLE:
        return None
    return edition.renditions.filter(language=language, frozen_at__isnull=False).first()


def without_slots(mail: str, language: str) -> str:
    return mail.replace(UNSUBSCRIBE_URL_SLOT, home_url(language)).replace(ADDRESS_SLOT, NOBODY)
