"""What readers get of an edition: the bytes that an approval froze, or would freeze now."""

from __future__ import annotations

from newsletter.models import Edition
from newsletter.render.edition import render_edition
from newsletter.rendered import Rendered, frozen


def what_readers_get(edition: Edition, language: str) -> Rendered:
    """The frozen mail while an approval stands, else a fresh one; its slots are still open."""
    if edition.content_sha256:
        return frozen(edition.renditions.whole().get(language=language))
    return render_edition(edition, language)
