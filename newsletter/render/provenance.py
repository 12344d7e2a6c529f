"""Where a summary's text comes from, as far as its columns alone do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from papers.models import Reading, Summary
from papers.summarise.judging import stands

Writer = Summary.Writer


@dataclass(frozen=True)
class Model:
    """A language model that wrote a text, and when."""

    name: str
    written_at: datetime


def drafted_by(summary: Summary) -> Model | None:
    """The model of whose words an editor made this; None where they are the editor's alone."""
    if summary.writer != Writer.EDITOR:
        return None
    for before in summary.revisions.values_list("before", flat=True):  # the newest first
        if before and before["writer"] == Writer.MODEL:
            return Model(before["writer_name"], datetime.fromisoformat(before["written_at"]))
        if not before or before["writer"] != Writer.EDITOR:
            return None
    return None


def reading_of(summary: Summary) -> Reading | None:
    """What was read for it, without the text; None where that is not kept."""
    kept = summary.paper.readings.filter(sha256=summary.source_sha256)
    return kept.defer("text").first()


def verdict_on(summary: Summary) -> str:
    """What our checks said of these words beside what was read for them, as it is kept; blank
    where that is no longer so, or was not asked."""
    is_known = summary.source_kind and not summary.is_excerpt and stands(summary)
    return summary.verdict if is_known else ""
