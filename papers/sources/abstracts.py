"""Titles and abstracts out of a saved file: an answer of the Hub's API, or a scrape of its page."""

from __future__ import annotations

import json
from dataclasses import dataclass

from papers.sources.base import SourceError, canonical_id
from papers.sources.fields import Fields
from papers.sources.huggingface import entries_in
from papers.sources.huggingface_entry import (
    LONGEST_ABSTRACT,
    LONGEST_ID,
    LONGEST_TITLE,
    paper_id,
)


@dataclass(frozen=True)
class Abstract:
    title: str
    text: str


def abstracts_in(body: bytes, label: str) -> dict[str, Abstract]:
    """By arXiv id. What has no id or no abstract is left out. Raises SourceError, beginning with
    the label, when the file is of neither shape or has no abstract at all."""
    found = {}
    for entry in scraped(body) or entries_in(body, label):
        told = Fields(entry)
        if name := canonical_id(told.text("url", 1000).rpartition("/")[2][:LONGEST_ID]):
            found[name] = abstract(told, "abstract")
        elif name := canonical_id(paper_id(entry)):
            found[name] = abstract(told.fields("paper"), "summary")
    found = {name: each for name, each in found.items() if each.text}
    if not found:
        raise SourceError(f"{label}: there is no abstract in it")
    return found


def abstract(told: Fields, key: str) -> Abstract:
    return Abstract(told.text("title", LONGEST_TITLE), told.text(key, LONGEST_ABSTRACT))


def scraped(body: bytes) -> list[object]:
    """The papers of a scrape; none where it is something else."""
    try:
        answer: object = json.loads(body)
    except (ValueError, RecursionError):
        return []
    papers = answer.get("papers") if isinstance(answer, dict) else None
    return papers if isinstance(papers, list) else []
