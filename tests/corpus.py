"""Real abstracts and summaries of `shared/data`, paired: what checks are held against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from newsletter.documents.document import PARTS, DocumentError
from newsletter.documents.read import read_editions
from newsletter.documents.summaries import texts_of
from papers.summarise.draft import Draft
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText

SEED = "2024-07-03"


@dataclass(frozen=True)
class Known:
    """A paper whose abstract is at hand."""

    paper_id: str
    title: str
    abstract: str
    day: date
    one_sentence: str = ""

    @property
    def source(self) -> SourceText:
        return SourceText(self.title, self.abstract, "abstract")


@dataclass(frozen=True)
class Pair:
    """A summary with its own paper."""

    day: date
    paper: Known
    draft: Draft


def folded(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=1)
def papers(data: Path) -> dict[str, Known]:
    """All of the API's answers and of the scrapes, by arXiv id."""
    found: dict[str, Known] = {}
    for folder in ("hf_api_bytes", "hf_api_late", "hf_api"):
        for file in sorted((data / folder).glob("*.json")):
            for entry in json.loads(file.read_bytes()):
                paper = entry["paper"]
                found[paper["id"]] = Known(
                    paper["id"],
                    folded(paper.get("title", "")),
                    folded(paper.get("summary", "")),
                    date.fromisoformat(file.stem),
                    folded(paper.get("ai_summary", "")),
                )
    scrapes = [*(data / "page_scrape").glob("*.json"), data / f"seed-{SEED}-later-scrape.json"]
    for file in scrapes:
        told = json.loads(file.read_bytes())
        for entry in told["papers"]:
            paper_id = entry["url"].rpartition("/")[2]
            known = Known(
                paper_id,
                folded(entry["title"]),
                folded(entry["abstract"]),
                date.fromisoformat(told["date"][:10]),
            )
            found.setdefault(paper_id, known)
    for file in (data / "editions_other").glob("ko-*.json"):
        for entry in json.loads(file.read_bytes()):
            paper = entry["paper"]
            day = date.fromisoformat(file.stem[-10:])
            known = Known(paper["id"], folded(paper["title"]), folded(paper["summary"]), day)
            found.setdefault(paper["id"], known)
    return {key: paper for key, paper in found.items() if paper.abstract}


def pairs(data: Path, files: Iterator[Path] | None = None) -> list[Pair]:
    """Entries of Korean editions whose abstracts are at hand."""
    known, found = papers(data), []
    for file in files or sorted((data / "editions_ko").glob("*.md")):
        try:
            documents = read_editions(file.read_bytes()).documents
        except DocumentError:
            continue
        for document in documents:
            for entry in document.entries:
                if entry.paper_id in known and entry.sections:
                    texts = texts_of(entry.sections)
                    parts = {name: getattr(texts, name) for name in PARTS.values()}
                    told = {name: text for name, text in parts.items() if text}
                    further = {f"{n} {k}": text for n, (k, text) in enumerate(texts.further)}
                    draft = Draft("ko", told | further)
                    found.append(Pair(document.date, known[entry.paper_id], draft))
    return found


def pool_of(data: Path, day: date, days: int = 10) -> Pool:
    """What is at hand of the days around; more days where that is little."""
    everything = sorted(papers(data).values(), key=lambda paper: abs(paper.day - day))
    near = [p for n, p in enumerate(everything) if n < 60 or abs(p.day - day) <= timedelta(days)]
    return Pool((paper.title, paper.abstract) for paper in near[:300])
