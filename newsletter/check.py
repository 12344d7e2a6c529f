"""Check the summaries of an edition, stored or foreign: a verdict for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from newsletter.documents.document import Document, DocumentEntry
from newsletter.documents.summaries import texts_of
from newsletter.models import Edition
from papers.models import Paper, Reading, Summary, Verdict
from papers.sources.abstracts import Abstract
from papers.summarise.draft import PARTS, Draft, draft_of
from papers.summarise.finding import Finding, Judgement
from papers.summarise.judge import judge
from papers.summarise.judging import judged, read_from
from papers.summarise.pool import Pool, pool_around
from papers.summarise.source import SourceText


@dataclass(frozen=True)
class Checked:
    paper_id: str
    title: str
    language: str
    judgement: Judgement

    @property
    def has_source(self) -> bool:
        return all(finding.reason != "source.missing" for finding in self.judgement.findings)


def checked_edition(edition: Edition, language: str | None = None) -> Iterator[Checked]:
    """Of a stored edition, in the order of its entries, each held against what it was written from
    and among the papers of the edition's days. Saves nothing."""
    entries = list(edition.printed_entries())
    languages = [language] if language else edition.languages
    rows = Summary.objects.select_related("paper").filter(
        paper__in=[entry.paper_id for entry in entries], language__in=languages
    )
    summaries = {(each.paper_id, each.language): each for each in rows}
    pool = pool_around(edition.date)
    for code in languages:
        for entry in entries:
            paper, summary = entry.paper, summaries.get((entry.paper_id, code))
            found = judgement(summary, pool) if summary else nothing_told()
            yield Checked(paper.canonical_id, paper.title, code, found)


def judgement(summary: Summary, pool: Pool) -> Judgement:
    """What came with a document is judged like a foreign edition: its form counts, too."""
    if summary.is_blank:
        return nothing_told()
    if summary.is_excerpt:
        return Judgement(Verdict.PASS)
    draft, source = draft_of(summary), read_from(summary)
    if summary.writer == Summary.Writer.DOCUMENT:
        return judge(draft, source, pool) if source.text.strip() else no_source()
    return judged(summary, draft, source, pool)


def checked_documents(
    documents: Iterable[Document], abstracts: Mapping[str, Abstract], language: str
) -> Iterator[Checked]:
    """Of editions out of a file, held against the abstracts given, or stored, and among those given
    alone: what is stored may be of other days."""
    pool = Pool((each.title, each.text) for each in abstracts.values())
    for document in documents:
        for entry in document.entries:
            source = source_of(entry, abstracts)
            found = judge(draft_from(entry, language), source, pool) if source else no_source()
            if not entry.sections:
                found = nothing_told()
            yield Checked(entry.paper_id, entry.title, language, found)


def source_of(entry: DocumentEntry, abstracts: Mapping[str, Abstract]) -> SourceText | None:
    given = abstracts.get(entry.paper_id) or stored_abstract(entry.paper_id)
    if given is None:
        return None
    return SourceText(given.title or entry.title, given.text, Reading.Kind.ABSTRACT)


def stored_abstract(paper_id: str) -> Abstract | None:
    paper = Paper.objects.filter(canonical_id=paper_id).exclude(abstract="").first()
    return Abstract(paper.title, paper.abstract) if paper else None


def draft_from(entry: DocumentEntry, language: str) -> Draft:
    texts = texts_of(entry.sections)
    parts = {name: getattr(texts, name) for name in PARTS}
    further = {label or f"further {n}": text for n, (label, text) in enumerate(texts.further)}
    return Draft(language, parts | further)


def nothing_told() -> Judgement:
    return Judgement(Verdict.REVIEW, [Finding("parts", Verdict.REVIEW, "summary.none")])


def no_source() -> Judgement:
    """Nothing is known against it, and nothing for it."""
    return Judgement(Verdict.REVIEW, [Finding("source", Verdict.REVIEW, "source.missing")])
