"""Only what was approved may leave: its bytes are held against its hash before the first mail."""

from __future__ import annotations

import logging

from newsletter.models import Edition
from newsletter.rendered import content_hash, frozen

logger = logging.getLogger(__name__)

CHANGED = (
    "What would leave is not what was approved: its bytes have another hash. Take the approval "
    "back, look at it, and approve it again; one that has gone out before, cancel."
)


def hold_if_changed(edition: Edition) -> bool:
    """Put an edition on hold, before its first mail or that of a supplement, whose frozen
    renditions are not those of its hash; whether it is. May be repeated."""
    whole = edition.renditions.whole().filter(frozen_at__isnull=False)
    if content_hash({each.language: frozen(each) for each in whole}) == edition.content_sha256:
        return False
    logger.error("edition=%s is not as approved", edition.pk)
    edition.hold(CHANGED)
    return True
