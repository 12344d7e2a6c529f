"""The sentence of the source that a claim rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

LETTERS = re.compile(r"[^\W_]+")
NO_LETTERS = re.compile(r"[\W_]+")
SHORTEST = 12  # letters and digits of a quote


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """A quote that does not stand in the source, or is too short to be a sentence of it (REVIEW).
    Letters and digits alone count.

    Measured: 90.4 % of the quotes that models gave for 4,222 claims pass (`docs/summaries.md`).
    """
    for claim in draft.claims:
        if claim.quote and len(letters_in(claim.quote)) < SHORTEST:
            yield Finding("evidence", Verdict.REVIEW, "evidence.short", {"quote": claim.quote})
        elif claim.quote and found(claim.quote, source) is None:
            yield Finding("evidence", Verdict.REVIEW, "evidence.not_there", {"quote": claim.quote})


def found(quote: str, source: SourceText) -> tuple[int, int] | None:
    """Where a quote stands in the source's text: start and end; None for a few letters, too, which
    stand anywhere."""
    wanted = letters_in(quote)
    at = letters_in(source.text).find(wanted) if len(wanted) >= SHORTEST else -1
    if at < 0:
        return None
    return place_of(at, source.text), place_of(at + len(wanted) - 1, source.text) + 1


@lru_cache(maxsize=16)
def letters_in(text: str) -> str:
    """Its letters and digits alone, in small letters; as many as the text has."""
    return NO_LETTERS.sub("", "".join(map(small, text)) if not text.isascii() else text.lower())


def small(character: str) -> str:
    """A small letter, unless it takes two: İ."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def place_of(number: int, text: str) -> int:
    """Where the letter of that number stands."""
    for run in LETTERS.finditer(text):
        if number < len(run[0]):
            return run.start() + number
        number -= len(run[0])
    return len(text)
