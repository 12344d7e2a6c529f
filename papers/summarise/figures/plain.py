"""A text as numbers are looked for in it: without LaTeX, full-width forms and exponents on high."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

# LaTeX, and whatever is neither ASCII nor a Hangul syllable.
SPECIAL = re.compile(r"\\[A-Za-z]+|\\.|[{}$]|[^\x00-\x7f가-힣]", re.DOTALL)
COMMANDS = {r"\times": "×", r"\cdot": "×", r"\%": "%", r"\,": "", r"\!": ""}
SILENT = {"\\text", "\\mathbf", "\\mathrm", "\\mathit", "\\textbf", "{", "}", "$"}
HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
DASHES = "‐‑‒–—−－"


@dataclass(frozen=True)
class Plain:
    """`starts` are places in the text at which a piece of it begins, in order; `origins` where that
    stood in the text as it was, and whether it is as long as it was there."""

    text: str
    starts: Sequence[int]
    origins: Sequence[tuple[int, bool]]

    def place(self, at: int) -> int:
        """Where a character, or the end, stands in the text as it was."""
        piece = bisect_right(self.starts, at) - 1
        origin, is_same = self.origins[piece]
        return origin + at - self.starts[piece] if is_same else origin


def plain(text: str) -> Plain:
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, bool]] = []
    length = 0

    def add(piece: str, origin: int, is_same: bool) -> None:
        nonlocal length
        pieces.append(piece)
        starts.append(length)
        origins.append((origin, is_same))
        length += len(piece)

    done = 0
    was_high = -1
    for special in SPECIAL.finditer(text):
        start, end = special.span()
        if start > done:
            add(text[done:start], done, True)
        said = special[0]
        ours = written_plainly(said)
        if said in HIGH:
            ours = ours if was_high == start else f"^{ours}"
            was_high = end
        if ours:
            add(ours, start, False)
        done = end
    add(text[done:], done, True)
    return Plain("".join(pieces), starts, origins)


def written_plainly(said: str) -> str:
    if said in COMMANDS:
        return COMMANDS[said]
    if said in SILENT:
        return ""
    if said in DASHES:
        return "-"
    if said[0] == "\\":
        return " "
    return normalize("NFKC", said).replace("−", "-")
