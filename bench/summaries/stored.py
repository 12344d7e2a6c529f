"""What an installation was answered and has published: receipts, readings, words of editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.summaries.recorded import Answer
from papers.models import Paper, Reading, Receipt, Summary
from papers.summarise.draft import PARTS
from papers.summarise.source import SourceText

ANSWERED = (Receipt.State.WRITTEN, Receipt.State.BLOCKED, Receipt.State.REFUSED)


@dataclass(frozen=True)
class Stored:
    sources: dict[str, SourceText]  # by paper
    answers: list[Answer]
    published: Mapping[tuple[str, str], str]


def read_stored() -> Stored:
    """In three queries."""
    return Stored(sources(), answers(), published())


def sources() -> dict[str, SourceText]:
    """What was read of each paper last; the abstract where nothing was."""
    found = {
        paper.canonical_id: SourceText(paper.title, paper.abstract, Reading.Kind.ABSTRACT)
        for paper in Paper.objects.exclude(abstract="").only("canonical_id", "title", "abstract")
    }
    for reading in Reading.objects.select_related("paper").order_by("pk"):
        title = reading.paper.title
        found[reading.paper.canonical_id] = SourceText(title, reading.text, reading.kind)
    return found


def answers() -> list[Answer]:
    asked = Receipt.objects.filter(state__in=ANSWERED).select_related("paper").order_by("pk")
    return [answer_of(receipt) for receipt in asked]


def answer_of(receipt: Receipt) -> Answer:
    claims = receipt.answer or []
    parts = {
        part: " ".join(claim["text"] for claim in claims if claim["part"] == part) for part in PARTS
    }
    seconds = 0.0
    if receipt.answered_at:
        seconds = (receipt.answered_at - receipt.asked_at).total_seconds()
    return Answer(
        paper=receipt.paper.canonical_id,
        source_sha256=receipt.source_sha256,
        model=receipt.model,
        language=receipt.language,
        parts=parts if claims else {},
        prompt_version=receipt.prompt_version,
        claims=claims,
        state=receipt.state,
        try_count=receipt.try_count,
        input_tokens=receipt.input_tokens,
        output_tokens=receipt.output_tokens,
        cost_usd=str(receipt.cost_usd),
        seconds=round(seconds, 3),
    )


def published() -> dict[tuple[str, str], str]:
    """Where an editor made a model's words their own."""
    rewritten = Summary.objects.filter(writer=Summary.Writer.EDITOR).select_related("paper")
    return {
        (summary.paper.canonical_id, summary.language): " ".join(summary.three_parts)
        for summary in rewritten
    }
