"""Printing: which editions print a paper, and what it means for them that its words change."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from newsletter.curate import OPEN
from newsletter.models import Edition, Entry

State = Edition.State
FIXED = (State.APPROVED, *Edition.LEAVING, State.DONE)  # the site shows their papers' summaries


def approved_editions(paper_id: int) -> list[Edition]:
    """Those that print it as it is, and have not begun to leave."""
    printed = Edition.objects.filter(
        state=Edition.State.APPROVED, entries__paper=paper_id, entries__hidden=False
    )
    return list(printed.select_related("newsletter"))


def fixed(paper_ids: Collection[int], *, editor_asked: bool = False) -> set[int]:
    """Those of the papers whose words may not change now, as an edition that was approved prints
    them. An editor may have them changed as soon as it leaves: its mails are frozen."""
    states = [State.APPROVED] if editor_asked else FIXED
    entries = Entry.objects.filter(paper__in=paper_ids, hidden=False, edition__state__in=states)
    return set(entries.values_list("paper_id", flat=True))


@transaction.atomic
def make_new_versions(*paper_ids: int) -> None:
    """Whoever has a draft with one of them open is told, before they approve what they have not
    seen."""
    drafts = Edition.objects.filter(state__in=OPEN, entries__paper__in=paper_ids)
    found = Edition.objects.filter(pk__in=drafts.values("pk"), state__in=OPEN)
    locked = list(found.select_for_update().order_by("pk").values_list("pk", flat=True))
    Edition.objects.filter(pk__in=locked).update(version=F("version") + 1)
