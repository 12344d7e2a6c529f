"""Judging stored summaries: each against the text that it was written from, kept with it."""

from __future__ import annotations

from papers.models import Paper, Summary, Verdict
from papers.summarise import judge as old
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding, Judgement
from papers.summarise.source import SourceText


def judgement_of(summary: Summary) -> Judgement:
    """What was said of it, where that still stands; else it is judged anew, and nothing saved."""
    return said_of(summary, summary.paper)


def judge_draft(draft: Draft, source: SourceText) -> Judgement:
    """What a model wrote, before it is anybody's summary."""
    summary = Summary(**draft.parts, text_language=draft.language, writer=Summary.Writer.MODEL)
    return said_of(summary, Paper(title=source.title, abstract=source.text))


def said_of(summary: Summary, paper: Paper) -> Judgement:
    found = old.judge(summary, paper)
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
