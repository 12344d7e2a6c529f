"""What readers get of an edition: the bytes that an approval froze, or would freeze now."""

from __future__ import annotations

from newsletter.models import Edition, Rendition
from newsletter.render.edition import render_edition
from newsletter.render.mail import Rendered


def what_readers_get(edition: Edition, language: str) -> Rendered:
    """The frozen mail while an approval stands, else a fresh one; its slots are still open."""
    if edition.content_sha256:
        return frozen(edition.renditions.get(language=language))
    return render_edition(edition, language)


def frozen(rendition: Rendition) -> Rendered:
    """What an approved rendition keeps."""
    return Rendered(
        subject=rendition.frozen_subject,
        preheader=rendition.frozen_preheader,
        html=rendition.frozen_html,
        text=rendition.frozen_text,
    )
