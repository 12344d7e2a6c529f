"""The sample day: the list of 3 July 2024 as facts, with abstracts and summaries of our own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from papers.sources.base import Answer, Author, ListingRecord, PaperRecord

DAY = date(2024, 7, 3)
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class SampleSummary:
    whats_new: str
    technical_details: str
    performance_highlights: str


@dataclass(frozen=True)
class SampleTexts:
    """What is written in one language: over the edition, and of each paper by its arXiv id."""

    intro: str
    preheader: str
    summaries: Mapping[str, SampleSummary]


def sample_answer() -> Answer:
    """The twelve papers, as their source lists them."""
    listings = [listing(**facts) for facts in json.loads(text_of("papers"))]
    return Answer(entry_count=len(listings), listings=listings)


def sample_texts(language: str) -> SampleTexts:
    texts = json.loads(text_of(language))
    summaries = {paper: SampleSummary(**parts) for paper, parts in texts["summaries"].items()}
    return SampleTexts(texts["intro"], texts["preheader"], summaries)


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def listing(
    *,
    authors: Sequence[str],
    published_at: str,
    vote_count: int,
    comment_count: int,
    listed_at: str | None,
    **facts: str,
) -> ListingRecord:
    paper = PaperRecord(
        authors=[Author(name) for name in authors],
        published_at=datetime.fromisoformat(published_at),
        **facts,
    )
    listed = datetime.fromisoformat(listed_at) if listed_at else None
    return ListingRecord(paper, vote_count, comment_count, listed_at=listed)
