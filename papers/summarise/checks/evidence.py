"""The sentence of the source that a claim rests on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """A quote that does not stand in the source (REVIEW). Letters and digits alone count."""
    for claim in draft.claims:
        if claim.quote and found(claim.quote, source) is None:
            yield Finding("evidence", Verdict.REVIEW, "evidence.not_there", {"quote": claim.quote})


def found(quote: str, source: SourceText) -> tuple[int, int] | None:
    """Where a quote stands in the source's text: start and end."""
    letters, places = letters_of(source.text)
    wanted, _ = letters_of(quote)
    at = letters.find(wanted) if wanted else -1
    return None if at < 0 else (places[at], places[at + len(wanted) - 1] + 1)


@lru_cache(maxsize=16)
def letters_of(text: str) -> tuple[str, list[int]]:
    """Its letters and digits in small letters, and where in the text each stands."""
    kept = [(c, n) for n, letter in enumerate(text) for c in letter.casefold() if c.isalnum()]
    return "".join(c for c, _ in kept), [n for _, n in kept]
