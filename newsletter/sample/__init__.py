"""The sample day: the list of 3 July 2024 as facts, with abstracts and summaries of our own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from papers.sources.base import Answer, Author, ListingRecord, PaperRecord
from papers.summarise.draft import PARTS, Claim

DAY = date(2024, 7, 3)
LANGUAGES = ("ko", "en")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class SamplePaper:
    """An object of papers.json."""

    canonical_id: str
    title: str
    authors: Sequence[str]
    abstract: str
    published_at: str
    vote_count: int
    comment_count: int
    listed_at: str  # blank where it is not known
    image_url: str
    project_url: str
    code_url: str

    def listing(self) -> ListingRecord:
        paper = PaperRecord(
            canonical_id=self.canonical_id,
            title=self.title,
            authors=[Author(name) for name in self.authors],
            abstract=self.abstract,
            published_at=datetime.fromisoformat(self.published_at),
            image_url=self.image_url,
            project_url=self.project_url,
            code_url=self.code_url,
        )
        listed_at = datetime.fromisoformat(self.listed_at) if self.listed_at else None
        return ListingRecord(paper, self.vote_count, self.comment_count, listed_at=listed_at)


@dataclass(frozen=True)
class SampleSummary:
    """What is said of a paper in one language, each statement with the sentence it rests on."""

    claims: Sequence[Claim]

    @property
    def parts(self) -> dict[str, str]:
        """The three, by their names."""
        return {part: " ".join(c.text for c in self.claims if c.part == part) for part in PARTS}


@dataclass(frozen=True)
class SampleTexts:
    """What is written in one language: over the edition, and of each paper by its arXiv id."""

    intro: str
    preheader: str
    summaries: Mapping[str, SampleSummary]


def sample_answer() -> Answer:
    """The twelve papers, as their source lists them."""
    listings = [SamplePaper(**facts).listing() for facts in json.loads(text_of("papers"))]
    return Answer(entry_count=len(listings), listings=listings)


def sample_texts(language: str) -> SampleTexts:
    """For one of LANGUAGES."""
    texts = json.loads(text_of(language))
    summaries = {paper: sample_summary(parts) for paper, parts in texts["summaries"].items()}
    return SampleTexts(texts["intro"], texts["preheader"], summaries)


def sample_summary(parts: Mapping[str, Sequence[tuple[str, str]]]) -> SampleSummary:
    return SampleSummary(
        [Claim(part, text, quote) for part, told in parts.items() for text, quote in told]
    )


def drawing_url(canonical_id: str) -> str:
    """A drawing of ours in place of the paper's picture, so that the sample needs no network."""
    return (
        f"{settings.SITE_URL}/{settings.STATIC_URL.strip('/')}/newsletter/sample/{canonical_id}.png"
    )


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")
