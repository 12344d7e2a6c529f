"""The text twin of a mail: lines that fit a terminal, Hangul counted as two columns."""

import re
from collections.abc import Iterable
from unicodedata import combining, east_asian_width

WIDTH = 72
BLANK_LINES = re.compile(r"\n\s*\n+")
LINK = re.compile(r"\(?https?://")


def wrapped(text: str) -> str:
    """Every line folded at its blanks, with one blank line between paragraphs. Links stay whole."""
    lines = (line for whole in text.splitlines() for line in folded(whole))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip() + "\n"


def folded(line: str) -> Iterable[str]:
    """One line as several, each at most WIDTH columns wide unless a link alone is wider."""
    current, width = "", 0
    for piece in (piece for word in line.split() for piece in pieces(word)):
        more = columns(piece)
        if current and width + 1 + more > WIDTH:
            yield current
            current, width = piece, more
        elif current:
            current, width = f"{current} {piece}", width + 1 + more
        else:
            current, width = piece, more
    yield current


def pieces(word: str) -> Iterable[str]:
    """A word, cut where it alone is wider than a line: Japanese and Chinese have no blanks."""
    if LINK.match(word):
        yield word
        return
    while columns(word) > WIDTH:
        yield word[: WIDTH // 2]
        word = word[WIDTH // 2 :]
    yield word


def columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "FW") for c in text)
