"""A summary in the JSON of an edition: its words, where they come from, how they were judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import override

from papers.models import Reading, Receipt, Summary
from papers.summarise.draft import Claim, draft_of
from papers.summarise.finding import Finding
from papers.summarise.judging import judgement_of

Readings = Mapping[tuple[int, str], Reading]  # by paper and hash


@dataclass(frozen=True)
class DescribedSource:
    kind: str
    length: int
    sha256: str
    sections: list[str]
    paper_version: int | None


@dataclass(frozen=True)
class DescribedReceipt:
    """What a language model was given, asked and paid for; what an editor made of its words since
    is not in it."""

    model: str
    prompt_version: str
    source_kind: str
    sections: list[str]
    characters: int | None
    sha256: str
    paper_version: int | None
    tries: int
    input_tokens: int
    output_tokens: int
    cost_usd: str
    written_at: str | None


@dataclass(frozen=True)
class DescribedFinding:
    check: str
    level: str
    reason: str
    words: dict[str, str | int]
    sentence: str


@dataclass(frozen=True)
class DescribedSection:
    label: str
    text: str


@dataclass(frozen=True)
class DescribedSummary:
    text_language: str
    writer: str
    writer_name: str
    written_at: str
    source: DescribedSource | None
    lead: str
    lead_by: str
    whats_new: str
    technical_details: str
    performance_highlights: str
    further: list[DescribedSection]
    why_extract: str
    claims: Sequence[Claim]
    verdict: str
    findings: list[DescribedFinding]
    receipt: DescribedReceipt | None


def readings_of(summaries: Collection[Summary]) -> Readings:
    """The texts that the summaries, and the receipts of them, were made from; in one query."""
    hashes = {summary.source_sha256 for summary in summaries}
    hashes |= {summary.receipt.source_sha256 for summary in summaries if summary.receipt}
    kept = Reading.objects.filter(
        paper__in=[summary.paper_id for summary in summaries], sha256__in=hashes
    )
    return {(reading.paper_id, reading.sha256): reading for reading in kept}


def describe_summary(summary: Summary, readings: Readings) -> DescribedSummary:
    judgement = judgement_of(summary)
    return DescribedSummary(
        text_language=summary.text_language,
        writer=summary.writer,
        writer_name=summary.writer_name,
        written_at=summary.written_at.isoformat(),
        source=describe_source(summary, readings) if summary.source_kind else None,
        lead=summary.lead,
        lead_by=summary.lead_by,
        whats_new=summary.whats_new,
        technical_details=summary.technical_details,
        performance_highlights=summary.performance_highlights,
        further=[DescribedSection(label, text) for label, text in summary.further],
        why_extract=summary.why_extract,
        claims=draft_of(summary).claims,
        verdict=judgement.verdict,
        findings=[describe_finding(finding) for finding in judgement.findings],
        receipt=describe_receipt(summary.receipt, readings) if summary.receipt else None,
    )


def describe_source(summary: Summary, readings: Readings) -> DescribedSource:
    reading = readings.get((summary.paper_id, summary.source_sha256))
    return DescribedSource(
        kind=summary.source_kind,
        length=summary.source_length,
        sha256=summary.source_sha256,
        sections=reading.sections if reading else [],
        paper_version=version_of(reading),
    )


def describe_finding(finding: Finding) -> DescribedFinding:
    with override("en"):
        return DescribedFinding(
            check=finding.check,
            level=finding.level,
            reason=finding.reason,
            words=dict(finding.words),
            sentence=finding.sentence,
        )


def describe_receipt(receipt: Receipt, readings: Readings) -> DescribedReceipt:
    reading = readings.get((receipt.paper_id, receipt.source_sha256))
    return DescribedReceipt(
        model=receipt.model,
        prompt_version=receipt.prompt_version,
        source_kind=reading.kind if reading else "",
        sections=reading.sections if reading else [],
        characters=len(reading.text) if reading else None,
        sha256=receipt.source_sha256,
        paper_version=version_of(reading),
        tries=receipt.try_count,
        input_tokens=receipt.input_tokens,
        output_tokens=receipt.output_tokens,
        cost_usd=str(receipt.cost_usd),
        written_at=iso(receipt.answered_at),
    )


def version_of(reading: Reading | None) -> int | None:
    return (reading.paper_version or None) if reading else None


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
