"""Figures: every number of a summary bound to its place in the source."""

from __future__ import annotations

from dataclasses import dataclass

from papers.summarise.draft import Draft
from papers.summarise.source import SourceText


@dataclass(frozen=True)
class Figure:
    """A number as printed in a draft's part, from `start` to `end`, and where it stands in the
    source (-1: in its title). `proposal` is what is offered for it, blank where nothing is."""

    part: str
    text: str
    start: int
    end: int
    state: str  # "found", "converted", "derived", "plain", "unsupported", "tenfold"
    source_text: str = ""
    source_start: int = -1
    proposal: str = ""


def ledger(draft: Draft, source: SourceText) -> list[Figure]:
    """The figures of a draft's parts, in order."""
    return []
