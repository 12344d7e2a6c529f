"""Judging stored summaries: each against the text that it was written from, kept with it."""

from __future__ import annotations

from papers.models import Summary, Verdict
from papers.summarise import judge as old
from papers.summarise.finding import Finding, Judgement


def judgement_of(summary: Summary) -> Judgement:
    """What was said of it, where that still stands; else it is judged anew, and nothing saved."""
    found = old.judge(summary, summary.paper)
    verdict = Verdict(found.verdict.value)
    if verdict is Verdict.PASS:
        return Judgement(verdict)
    if not found.unknown:
        return Judgement(verdict, [Finding("terms", verdict, "terms.too_few_to_tell")])
    names = ", ".join(found.unknown)
    return Judgement(verdict, [Finding("terms", verdict, "terms.few", {"names": names})])


def keep_judgement(summary: Summary) -> Judgement:
    """Judge it and write the verdict into its columns, unsaved."""
    judgement = judgement_of(summary)
    summary.verdict = judgement.verdict
    summary.findings = [finding.stored() for finding in judgement.findings]
    return judgement
