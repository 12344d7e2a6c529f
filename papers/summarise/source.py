"""What a writer is given of a paper, and what its summary is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from papers.models import Paper, Reading, Summary

FULL_TEXT = (Reading.Kind.HTML, Reading.Kind.PDF)


@dataclass(frozen=True)
class SourceText:
    """All that a writer gets to see of a paper."""

    title: str
    text: str
    kind: str  # of Reading.Kind
    sections: Sequence[str] = ()
    paper_version: int = 0

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def source_text(paper: Paper) -> SourceText:
    """The best that there is of a paper for a language model: its full text, where one was read of
    this version, else its abstract."""
    full = full_text(paper) if settings.LLM_FULL_TEXT else None
    return abstract_of(paper) if full is None else as_read(paper, full)


def full_text(paper: Paper) -> Reading | None:
    """That of arXiv's HTML before that of the PDF. One that begins with another abstract than the
    paper's is of no use any more."""
    of_this_version = paper.readings.filter(
        kind__in=FULL_TEXT, paper_version__gte=paper.version, text__startswith=paper.abstract
    )
    return of_this_version.order_by("-paper_version", "kind", "-pk").first()


def abstract_of(paper: Paper) -> SourceText:
    """What an extract is made of, whatever else there is."""
    return SourceText(
        title=paper.title,
        text=paper.abstract,
        kind=Reading.Kind.ABSTRACT,
        paper_version=paper.version,
    )


def given(summary: Summary) -> SourceText:
    """What a summary was written from: the reading that was kept of it, else the paper as it is."""
    kept = summary.paper.readings.filter(sha256=summary.source_sha256).first()
    return abstract_of(summary.paper) if kept is None else as_read(summary.paper, kept)


def as_read(paper: Paper, kept: Reading) -> SourceText:
    return SourceText(paper.title, kept.text, kept.kind, kept.sections, kept.paper_version)


def keep_reading(paper: Paper, source: SourceText) -> Reading:
    """The row of what a writer is given; one and the same for the same text. May be repeated."""
    reading, _ = Reading.objects.get_or_create(
        paper=paper,
        kind=source.kind,
        sha256=source.sha256,
        defaults={
            "text": source.text,
            "sections": list(source.sections),
            "paper_version": source.paper_version,
        },
    )
    return reading
