"""Revise: a summary is written anew by an editor, and what stood before is kept."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from papers.models import Revision, Summary
from papers.summarise.judging import JUDGED, keep_judgement

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

PARTS = ["lead", "whats_new", "technical_details", "performance_highlights"]
KEPT = [
    *PARTS,
    *("lead_by", "further", "text_language", "writer", "writer_name"),
    *("source_kind", "source_length", "source_sha256"),
    *("why_extract", "claims", "receipt_id"),
]


class Overtaken(Exception):
    """The summary is not the one that the editor saw: somebody else wrote it meanwhile."""


class Needed(Exception):
    """The summary has to stay as it is for now; the words say why."""


@transaction.atomic
def revise(
    summary: Summary, editor: User, seen_at: datetime | None, undoes: Revision | None = None
) -> None:
    """Keep what an editor made of a summary, unsaved so far, if it is still the one that was
    written at `seen_at`; None is for one that did not exist. Raises Overtaken."""
    keep_judgement(summary)
    before = None if seen_at is None else replace_seen(summary, seen_at)
    if seen_at is None:
        summary.save()
    record(summary, before, editor, undoes)


def record(
    summary: Summary,
    before: dict[str, object] | None,
    editor: User | None,
    undoes: Revision | None = None,
) -> None:
    """Write into the history what a saved summary says now; nobody's hand is an import's."""
    Revision.objects.create(
        summary=summary,
        by=editor,
        by_name=editor.get_username() if editor else "",
        before=before,
        after=kept(summary),
        undoes=undoes,
    )
    logger.info("revised summary=%s by=%s", summary.pk, editor and editor.pk)


def replace_seen(summary: Summary, seen_at: datetime) -> dict[str, object]:
    """Write the row in one statement that finds only what was seen; what stood there before."""
    stood = Summary.objects.get(pk=summary.pk)
    columns = {name: getattr(summary, name) for name in [*KEPT, *JUDGED, "written_at"]}
    row = Summary.objects.filter(pk=summary.pk, written_at=seen_at)
    if stood.written_at != seen_at or not row.update(**columns):
        raise Overtaken
    return kept(stood)


def undo(revision: Revision, editor: User) -> None:
    """Put back what stood before. Raises Overtaken when it was written anew since."""
    summary, before = revision.summary, revision.before
    if before is None or not stands(revision):
        raise Overtaken
    seen_at = summary.written_at
    for name in before.keys() & set(KEPT):  # one of an older version knows fewer
        setattr(summary, name, before[name])
    summary.written_at = datetime.fromisoformat(before["written_at"])
    revise(summary, editor, seen_at, undoes=revision)


def stands(revision: Revision) -> bool:
    """Whether it can be taken back: its words are the summary's still, and replaced some."""
    now = kept(revision.summary)
    return revision.before is not None and revision.after == {n: now[n] for n in revision.after}


def kept(summary: Summary) -> dict[str, object]:
    columns: dict[str, object] = {name: getattr(summary, name) for name in KEPT}
    return columns | {"written_at": summary.written_at.isoformat()}
