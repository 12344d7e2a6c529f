"""A text as numbers are looked for in it: without LaTeX, full-width forms and exponents on high."""

from __future__ import annotations

import re
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
    text: str
    places: Sequence[int]  # where each character, and the end, stands in the text as it was


def plain(text: str) -> Plain:
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    was_high = -1
    for special in SPECIAL.finditer(text):
        start, end = special.span()
        if start > done:
            pieces.append(text[done:start])
            places.extend(range(done, start))
        said = special[0]
        ours = written_plainly(said)
        if said in HIGH:
            ours = ours if was_high == start else f"^{ours}"
            was_high = end
        pieces.append(ours)
        places.extend([start] * len(ours))
        done = end
    if not pieces:
        return Plain(text, range(len(text) + 1))
    pieces.append(text[done:])
    places.extend(range(done, len(text) + 1))
    return Plain("".join(pieces), places)


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
