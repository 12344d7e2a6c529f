"""What a writer is given of a paper, and what its summary is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from papers.models import Paper, Reading, Summary


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
    """The best that there is of a paper: so far its abstract."""
    return SourceText(
        title=paper.title,
        text=paper.abstract,
        kind=Reading.Kind.ABSTRACT,
        paper_version=paper.version,
    )


def given(summary: Summary) -> SourceText:
    """What a summary was written from: the reading that was kept of it, else the paper as it is."""
    kept = summary.paper.readings.filter(sha256=summary.source_sha256).first()
    if kept is None:
        return source_text(summary.paper)
    return SourceText(summary.paper.title, kept.text, kept.kind, kept.sections, kept.paper_version)


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
