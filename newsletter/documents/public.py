"""The mail of an edition without what is one reader's own."""

from __future__ import annotations

from newsletter.links import home_url
from newsletter.models import Edition
from newsletter.render import what_readers_get
from newsletter.rendered import Rendered

NOBODY = "…"  # in place of the reader's address


def public_mail(edition: Edition, language: str) -> Rendered:
    """The mail as anybody may see it; once approved, what is frozen.

    The link to unsubscribe is one reader's; in its place stands the address of the front page.
    """
    mail = what_readers_get(edition, language)
    return mail.filled(address=NOBODY, unsubscribe_url=home_url(language))
