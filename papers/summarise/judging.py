"""Judging stored summaries: each against the text that it was written from, kept with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from hashlib import sha256

from papers.models import Reading, Summary, Verdict
from papers.summarise.checks import VERSION
from papers.summarise.draft import Draft, draft_of
from papers.summarise.finding import Finding, Judgement
from papers.summarise.judge import judge, judgement
from papers.summarise.pool import Pool, todays_pool
from papers.summarise.source import SourceText, given

JUDGED = ["verdict", "findings", "judged_sha256"]
HALF = 32  # characters of a hash

# What blocks a model's text and is only to be looked at where a person stands behind it.
FORM = frozenset({"source", "parts", "ending", "language"})
EASED: Mapping[str, frozenset[str]] = {
    Summary.Writer.DOCUMENT: FORM,
    Summary.Writer.EDITOR: FORM | {"links", "script"},
}


def judgement_of(summary: Summary) -> Judgement:
    """What was said of it, where that still stands; else it is judged anew, by its names alone so
    that no page waits for other papers, and nothing saved. Words that were blocked stay so until
    they are judged among the other papers again: less is seen without these.

    An excerpt, and a summary without words, pass. Costs no query where the verdict stands.
    """
    if is_passed_over(summary):
        return Judgement(Verdict.PASS)
    if stands(summary) or (summary.verdict == Verdict.BLOCK and is_worded_as_judged(summary)):
        findings = [Finding(**stored) for stored in summary.findings]
        return Judgement(Verdict(summary.verdict), findings)
    return judged(summary, draft_of(summary), read_from(summary), None)


def keep_judgement(summary: Summary) -> Judgement:
    """Judge it and write the verdict into its columns, unsaved."""
    draft, source = draft_of(summary), read_from(summary)
    if is_passed_over(summary):
        found = Judgement(Verdict.PASS)
    else:
        found = judged(summary, draft, source, todays_pool())
    summary.verdict = found.verdict
    summary.findings = [finding.stored() for finding in found.findings]
    summary.judged_sha256 = key_of(draft, source.title, source.sha256)
    return found


def keep_lapsed(summaries: Iterable[Summary]) -> None:
    """Judge those anew, and save it, whose verdict does not stand any more; one that somebody
    writes meanwhile is left to them."""
    for summary in summaries:
        if not is_passed_over(summary) and not stands(summary):
            keep_judgement(summary)
            unchanged = Summary.objects.filter(pk=summary.pk, written_at=summary.written_at)
            unchanged.update(**{name: getattr(summary, name) for name in JUDGED})


def judged(summary: Summary, draft: Draft, source: SourceText, pool: Pool | None) -> Judgement:
    """A person stands behind what an editor wrote or took over, so its form blocks nothing."""
    found = judge(draft, source, pool)
    eased = EASED.get(summary.writer, frozenset())
    return judgement(
        replace(finding, level=Verdict.REVIEW)
        if finding.level is Verdict.BLOCK and finding.check in eased
        else finding
        for finding in found.findings
    )


def is_passed_over(summary: Summary) -> bool:
    return summary.is_excerpt or summary.is_blank


def stands(summary: Summary) -> bool:
    """Whether the kept verdict is on these words, this source and by these checks."""
    if not summary.judged_sha256:
        return False
    draft, paper = draft_of(summary), summary.paper
    hashes = {summary.source_sha256, abstract_of(summary).sha256}
    return summary.judged_sha256 in {key_of(draft, paper.title, each) for each in hashes}


def is_worded_as_judged(summary: Summary) -> bool:
    return summary.judged_sha256[:HALF] == half(asdict(draft_of(summary)))


def key_of(draft: Draft, title: str, source_sha256: str) -> str:
    """Half of it is of the words alone, so that these are known again by another paper's text."""
    return half(asdict(draft)) + half([VERSION, title, source_sha256])


def half(said: object) -> str:
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HALF]


def read_from(summary: Summary) -> SourceText:
    """What it was written from; for one that does not say, the abstract. Only another text than
    the abstract is looked up."""
    abstract = abstract_of(summary)
    if summary.source_sha256 in ("", abstract.sha256):
        return abstract
    return given(summary)


def abstract_of(summary: Summary) -> SourceText:
    paper = summary.paper
    return SourceText(
        paper.title, paper.abstract, Reading.Kind.ABSTRACT, paper_version=paper.version
    )
