"""A folder of papers: answers of the Hub's API and scrapes of its pages, and editions in Markdown,
whose summaries are taken for answers of somebody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.summaries.recorded import Answer
from newsletter.documents.document import DocumentError
from newsletter.documents.read import read_editions
from newsletter.documents.summaries import texts_of
from papers.models import Reading
from papers.sources import source
from papers.sources.base import PaperRecord, SourceError, canonical_id
from papers.summarise.draft import PARTS
from papers.summarise.source import SourceText

EDITION, HUB = "an edition", "the Hub"


@dataclass
class Folder:
    sources: dict[str, SourceText] = field(default_factory=dict)  # by paper
    answers: list[Answer] = field(default_factory=list)
    without_source: int = 0  # summaries of papers whose abstract is not in the folder


def read_folder(path: Path) -> Folder:
    """What cannot be read is passed over: archives write other things on bad days."""
    folder = Folder()
    hub: dict[str, str] = {}
    for file in sorted(path.rglob("*.json")):
        for paper in papers_in(file):
            text = SourceText(paper.title, paper.abstract, Reading.Kind.ABSTRACT)
            folder.sources.setdefault(paper.canonical_id, text)
            if paper.ai_summary:
                hub.setdefault(paper.canonical_id, paper.ai_summary)
    for file in sorted(path.rglob("*.md")):
        for name, parts in summaries_in(file):
            if name in folder.sources:
                folder.answers.append(foreign(folder, name, EDITION, parts))
            else:
                folder.without_source += 1
    folder.answers += [foreign(folder, name, HUB, {"lead": text}) for name, text in hub.items()]
    return folder


def papers_in(file: Path) -> Iterator[PaperRecord]:
    try:
        told = json.loads(file.read_bytes())
    except ValueError:
        return
    if isinstance(told, dict) and isinstance(told.get("papers"), list):
        yield from filter(None, map(scraped, told["papers"]))
        return
    try:
        answer = source("huggingface").read(file.read_bytes(), label=file.name)
    except SourceError:
        return
    yield from (listing.paper for listing in answer.listings if listing.paper.abstract)


def scraped(paper: object) -> PaperRecord | None:
    """As scrapes of the page have it: {title, url, abstract}."""
    if not isinstance(paper, dict) or not paper.get("abstract"):
        return None
    name = canonical_id(str(paper.get("url", "")).rpartition("/")[2])
    title, abstract = str(paper.get("title", "")), str(paper["abstract"])
    return PaperRecord(name, title, [], abstract) if name else None


def summaries_in(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        documents = read_editions(file.read_bytes()).documents
    except DocumentError:
        return
    for entry in (entry for document in documents for entry in document.entries):
        texts = texts_of(entry.sections)
        parts = {part: getattr(texts, part) for part in PARTS}
        parts |= {label or f"further {n}": text for n, (label, text) in enumerate(texts.further)}
        if any(parts.values()):
            yield entry.paper_id, parts


def foreign(folder: Folder, name: str, model: str, parts: dict[str, str]) -> Answer:
    return Answer(
        paper=name,
        source_sha256=folder.sources[name].sha256,
        model=model,
        language="ko" if re.search("[가-힣]", " ".join(parts.values())) else "en",
        parts=parts,
    )
