"""The same words for two papers."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.earlier import Earlier
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

ALIKE, SAME = 0.25, 0.5  # of the text


def check(draft: Draft, source: SourceText, earlier: Earlier) -> Iterator[Finding]:
    """Over a quarter of the text, in five-letter pieces, stands in what was written of another
    paper in the last sixty days; over half of it is said in other words (REVIEW both).

    Measured: on what is at hand, nothing: no two editions there are of the same sixty days.
    """
    text = "\n".join([draft.lead, *draft.parts.values()])
    if (closest := earlier.closest(text, source.title)) and closest.share > ALIKE:
        words: dict[str, str | int] = {"title": closest.title, "percent": int(100 * closest.share)}
        reason = "duplicate.same" if closest.share > SAME else "duplicate.alike"
        yield Finding("duplicate", Verdict.REVIEW, reason, words)
