"""Printing: which editions print a paper, and what it means for them that its words change."""

from __future__ import annotations

from django.db.models import F

from newsletter.curate import OPEN
from newsletter.models import Edition


def approved_editions(paper_id: int) -> list[Edition]:
    """Those that print it as it is, and have not begun to leave."""
    printed = Edition.objects.filter(
        state=Edition.State.APPROVED, entries__paper=paper_id, entries__hidden=False
    )
    return list(printed.select_related("newsletter"))


def make_new_versions(paper_id: int) -> None:
    """Whoever has a draft with it open is told, before they approve what they have not seen."""
    drafts = Edition.objects.filter(state__in=OPEN, entries__paper=paper_id)
    Edition.objects.filter(pk__in=drafts.values("pk")).update(version=F("version") + 1)
