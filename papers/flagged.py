"""Flagged: which summaries somebody is to look at, and what weighs most against them."""

from __future__ import annotations

from collections.abc import Sequence

from papers.models import Summary, Verdict
from papers.summarise.finding import Finding, Judgement
from papers.summarise.judging import judgement_of

WEIGHT = {Verdict.BLOCK: 0, Verdict.REVIEW: 1, Verdict.PASS: 2}
MOST_TOLD = 3  # reasons, where there is room for a few


def verdict_on(summary: Summary) -> Judgement:
    """The judge's; who is an editor has looked, and passes where that is all that is asked for."""
    judgement = judgement_of(summary)
    if judgement.verdict is Verdict.REVIEW and is_looked_over(summary):
        return Judgement(Verdict.PASS, judgement.findings)
    return judgement


def is_looked_over(summary: Summary) -> bool:
    return summary.writer == Summary.Writer.EDITOR


def by_weight(judgement: Judgement) -> Sequence[Finding]:
    """What blocks it, then what is to be looked at, then mere hints; each kind in its order."""
    return sorted(judgement.findings, key=lambda each: WEIGHT[each.level])


def reasons(judgement: Judgement) -> Sequence[Finding]:
    """What makes it flagged, the worst first; none where it passes."""
    if judgement.verdict is Verdict.PASS:
        return []
    return [each for each in by_weight(judgement) if each.level != Verdict.PASS]
