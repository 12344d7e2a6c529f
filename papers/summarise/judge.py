"""Whether a summary may go out: what all checks say of it together."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise import glossary
from papers.summarise.checks import evidence, identification, terms
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding, Judgement
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText

WORST = [Verdict.PASS, Verdict.REVIEW, Verdict.BLOCK]


def judge(draft: Draft, source: SourceText, pool: Pool | None = None) -> Judgement:
    """Hold a draft against what it was written from, and among the papers of these days."""
    findings = sorted(found(draft, source, pool), key=lambda each: -WORST.index(each.level))
    return Judgement(findings[0].level if findings else Verdict.PASS, findings)


def found(draft: Draft, source: SourceText, pool: Pool | None) -> Iterator[Finding]:
    if not source.text.strip():
        yield Finding("source", Verdict.BLOCK, "source.missing")
        return
    yield from identification.check(draft, source, pool)
    yield from terms.check(draft, source)
    yield from evidence.check(draft, source)
    yield from glossary.check(draft, source)
