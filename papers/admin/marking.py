"""Marks in a text, for a page: pieces that follow each other, each with what it is marked as."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """From `start` to `end`. `key` ties it to what it is about, `kind` says how it looks."""

    start: int
    end: int
    key: str
    kind: str


@dataclass(frozen=True)
class Piece:
    """`kinds` and `keys` of the marks that it lies in, `begins` those that begin with it; all
    three are empty between marks."""

    text: str
    kinds: str = ""
    keys: str = ""
    begins: Sequence[str] = ()


def pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """The text cut wherever a mark begins or ends. Marks may lie over each other; what lies outside
    of the text is left out."""
    marks = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    cuts = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    return [piece(text, marks, *ends) for ends in itertools.pairwise(cuts)]


def piece(text: str, marks: Sequence[Mark], start: int, end: int) -> Piece:
    over = [mark for mark in marks if mark.start <= start and end <= mark.end]
    return Piece(
        text[start:end],
        kinds=" ".join(dict.fromkeys(mark.kind for mark in over)),
        keys=" ".join(dict.fromkeys(mark.key for mark in over)),
        begins=tuple(dict.fromkeys(mark.key for mark in over if mark.start == start)),
    )


def places_of(words: str, text: str) -> list[tuple[int, int]]:
    """Wherever words stand in a text, whole: no piece of a longer word or number."""
    found = []
    start = text.find(words)
    while words and start >= 0:
        end = start + len(words)
        if is_whole(text, start, end):
            found.append((start, end))
        start = text.find(words, end)
    return found


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter or digit goes on at either end; Hangul goes on with its particles."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (goes_on(before, text[start]) or goes_on(text[end - 1], after))


def goes_on(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
