"""A mail as it was rendered, its personal slots open: all that sending needs to know of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.html import escape

from newsletter.models import Rendition

UNSUBSCRIBE_URL_SLOT = "__UNSUBSCRIBE_URL__"
ADDRESS_SLOT = "__ADDRESS__"


@dataclass(frozen=True)
class Rendered:
    """A mail in one language, the same for every reader but for the slots in its bodies."""

    subject: str
    preheader: str  # also in the HTML
    html: str
    text: str

    @property
    def sha256(self) -> str:
        """Of subject, HTML and text, as a frozen rendition keeps them."""
        return hashlib.sha256("\0".join([self.subject, self.html, self.text]).encode()).hexdigest()

    def filled(self, *, address: str, unsubscribe_url: str) -> Rendered:
        """For one reader: what stands in a slot is escaped in the HTML, and as it is in the text.

        The address goes in last: whatever it holds, nothing is put into it.
        """
        html = self.html.replace(UNSUBSCRIBE_URL_SLOT, escape(unsubscribe_url))
        text = self.text.replace(UNSUBSCRIBE_URL_SLOT, unsubscribe_url)
        return replace(
            self,
            html=html.replace(ADDRESS_SLOT, escape(address)),
            text=text.replace(ADDRESS_SLOT, address),
        )


def content_hash(rendered: Mapping[str, Rendered]) -> str:
    """One SHA-256 for all languages, whatever their order."""
    lines = sorted(f"{language} {content.sha256}" for language, content in rendered.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def frozen_fields(content: Rendered, now: datetime) -> dict[str, object]:
    """The columns of a Rendition that keep a mail."""
    return {
        "frozen_subject": content.subject,
        "frozen_preheader": content.preheader,
        "frozen_html": content.html,
        "frozen_text": content.text,
        "sha256": content.sha256,
        "frozen_at": now,
    }


def frozen(rendition: Rendition) -> Rendered:
    """What an approved rendition keeps."""
    return Rendered(
        subject=rendition.frozen_subject,
        preheader=rendition.frozen_preheader,
        html=rendition.frozen_html,
        text=rendition.frozen_text,
    )
