"""What an abbreviation is said to stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

WORDS = r"(?:[A-Za-z][A-Za-z-]{1,30} ){1,7}[A-Za-z][A-Za-z-]{1,30}"
BEHIND = re.compile(rf"\b([A-Z]{{2,6}})s? ?\(({WORDS})\)")  # LST(Long Short Term)
AHEAD = re.compile(r" ?\(([A-Z]{2,6})s?\)")  # Long Short Term (LST)
LAST_WORDS = re.compile(rf"{WORDS}$")
REACH = 160  # characters before the parenthesis


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """An abbreviation whose letters are not the first ones of what it is said to stand for, or for
    which the source has another meaning (a hint, never more).

    Measured: 9 % of 34 Korean entries, most of them harmless; 0.2 % of 602 English sentences.
    """
    ours = [each for text in draft.parts.values() for each in expansions(text)]
    asked = {short for short, _words in ours}
    theirs = dict(expansions(f"{source.title}\n{source.text}", asked)) if ours else {}
    for short, words in ours:
        if short in theirs and fits(short, theirs[short]) and not same(words, theirs[short]):
            told: dict[str, str | int] = {"short": short, "words": words}
            told |= {"source": theirs[short]}
            yield Finding("acronym", Verdict.PASS, "acronym.other", told)
        elif short not in theirs and not fits(short, words):
            told = {"short": short, "words": words}
            yield Finding("acronym", Verdict.PASS, "acronym.letters", told)


def expansions(text: str, asked: set[str] | None = None) -> Iterator[tuple[str, str]]:
    """Abbreviations and what they are said to stand for: those that are asked for, or all."""
    for found in AHEAD.finditer(text):
        if asked and found[1] not in asked:
            continue
        words = LAST_WORDS.search(text[max(0, found.start() - REACH) : found.start()])
        if words:
            yield found[1], " ".join(words[0].split()[-len(found[1]) - 1 :])
    yield from BEHIND.findall(text)


def fits(short: str, words: str) -> bool:
    """Whether its letters occur in the words in order, the first at a word's start."""
    rest = iter(words.lower())
    return all(letter in rest for letter in short.lower())


def same(one: str, other: str) -> bool:
    ends = [re.sub("[^a-z]", "", words.lower())[-12:] for words in (one, other)]
    return ends[0].endswith(ends[1]) or ends[1].endswith(ends[0])
