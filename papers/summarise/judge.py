"""Whether a summary may go out: what all checks say of it together."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise import glossary
from papers.summarise.checks import (
    acronym,
    characters,
    duplicate,
    ending,
    evidence,
    identification,
    length,
    links,
    markup,
    names,
    numbers,
    parts,
    refusal,
    register,
    script,
    source,
    stock,
    terms,
    tongue,
)
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding, Judgement
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText

SEVERITY = [Verdict.BLOCK, Verdict.REVIEW, Verdict.PASS]


def judge(draft: Draft, given: SourceText, pool: Pool | None = None) -> Judgement:
    """Hold a draft against what it was written from, and among the papers of these days.

    As bad as the worst of its findings, which come first. Without a pool, or with one of fewer than
    eight papers, it is told from another paper's by its names alone.
    """
    return judgement(findings(draft, given, pool))


def judgement(found: Iterator[Finding]) -> Judgement:
    worst_first = sorted(found, key=lambda finding: SEVERITY.index(finding.level))
    return Judgement(worst_first[0].level if worst_first else Verdict.PASS, worst_first)


def findings(draft: Draft, given: SourceText, pool: Pool | None) -> Iterator[Finding]:
    yield from source.check(given)
    if any(map(str.isalnum, given.text)):
        yield from identification.check(draft, given, pool)
        yield from numbers.check(draft, given)
        yield from names.check(draft, given)
        yield from terms.check(draft, given)
        yield from evidence.check(draft, given)
        yield from stock.check(draft, given)
        yield from acronym.check(draft, given)
        yield from glossary.check(draft, given)
    if pool is not None:
        yield from duplicate.check(draft, given, pool.earlier)
    yield from refusal.check(draft, given)
    yield from parts.check(draft)
    yield from ending.check(draft)
    yield from length.check(draft)
    yield from script.check(draft, given)
    yield from tongue.check(draft)
    yield from links.check(draft, given)
    yield from characters.check(draft)
    yield from markup.check(draft, given)
    yield from register.check(draft)
