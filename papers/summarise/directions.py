"""Which way a clause says that things go: up or down, better or worse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum


class Way(Enum):
    UP = "up"
    DOWN = "down"
    BETTER = "better"
    WORSE = "worse"

    @property
    def opposite(self) -> Way:
        return OPPOSITES[self]


OPPOSITES = {
    Way.UP: Way.DOWN,
    Way.DOWN: Way.UP,
    Way.BETTER: Way.WORSE,
    Way.WORSE: Way.BETTER,
}
WORDS = {
    "en": {
        Way.UP: r"\b(?:increas|rais|ris(?:e|es|en|ing)\b|rose\b|grow|grew|higher\b|climb)",
        Way.DOWN: r"\b(?:decreas|reduc|drop|falls?\b|falling|fell\b|lower|cuts?\b|cutting|declin"
        r"|shr[iau]nk|fewer\b|less\b)",
        Way.BETTER: r"\b(?:outperform|surpass|exceed|better\b|superior|beats?\b|improv)",
        Way.WORSE: r"\b(?:underperform|worse|inferior|degrad|behind\b|lags?\b)",
    },
    "ko": {
        Way.UP: r"증가|상승|높|치솟|\b늘[가-힣]|\b올[라랐려린리릴]",
        Way.DOWN: r"감소|하락|낮|떨어|절감|단축|\b줄[가-힣]",
        Way.BETTER: "향상|개선|능가|뛰어|우수|웃[도돈돌]|앞[서섰선섭섬]|상회",
        Way.WORSE: "저하|악화|못 미|뒤[처쳐쳤지진]|밑[도돈돌]|하회|열등",
    },
}
NOT = {
    "en": r"\b(?:not|no|without|never|neither|nor|cannot|fail\w*|instead)\b|n['’]t\b",
    "ko": "않|없이|없[는다었]|아니|못(?! 미)|대신",
}
# Where a clause ends; a comma between two digits does not.
BREAK = {
    "en": r"[.!?;:]\s|,(?!\d)|\b(?:and|but|while|whereas)\b",
    "ko": r"[.!?;:]\s|,(?!\d)|(?<=[가-힣])(?:며|면서|고|지만|으나) ",
}


def ways_at(text: str, start: int, language: str) -> set[Way]:
    """What the clause around a place says; nothing where it denies, or in a language without
    words for it."""
    if language not in WORDS:
        return set()
    clause = clause_at(text, start, language)
    if re.search(NOT[language], clause, re.IGNORECASE):
        return set()
    words = WORDS[language]
    return {way for way in Way if re.search(words[way], clause, re.IGNORECASE)}


def clause_at(text: str, start: int, language: str) -> str:
    return next(text[a:b] for a, b in clauses(text, language) if a <= start < b)


def clauses(text: str, language: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in re.finditer(BREAK[language], text):
        yield start, found.end()
        start = found.end()
    yield start, len(text) + 1
