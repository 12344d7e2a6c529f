"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s*\S+|\s+")  # with the blanks before it: tokens of their own are slow


@dataclass(frozen=True)
class Piece:
    """Words that stand in both texts, or in one of them: `kind` is "same", "out" or "in"."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """Both texts in one: without what came in it is the first, without what went out the second."""
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    return [
        piece
        for kind, a, b, c, d in matcher.get_opcodes()
        for piece in pieces(kind, "".join(old[a:b]), "".join(new[c:d]))
    ]


def pieces(kind: str, out: str, into: str) -> Iterator[Piece]:
    if kind == "equal":
        yield Piece("same", out)
        return
    if out:
        yield Piece("out", out)
    if into:
        yield Piece("in", into)
