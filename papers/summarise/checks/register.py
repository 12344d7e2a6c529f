"""How a Korean sentence ends: politely, plainly, or in a noun."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.checks.sentences import sentences
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding

CLOSING = "\"'”’)]}）」』.!?… "
STYLES = [
    ("polite", re.compile(r"(?:니다|니까|세요|어요|아요|에요|예요|해요)$")),
    ("plain", re.compile(r"[가-힣]다$")),
    ("noun", re.compile(r"[가-힣](?:음|함|임|됨)$|[함임됨]$")),
]
SHOWN = 20


def check(draft: Draft) -> Iterator[Finding]:
    """Korean sentences that end in more than one style: 합니다, 한다, 함 (a hint).

    Measured: one of 197 Korean entries.
    """
    if draft.language != "ko":
        return
    found: dict[str, str] = {}
    for text in draft.parts.values():
        for sentence in sentences(text):
            if name := style(sentence):
                found.setdefault(name, sentence.rstrip(CLOSING)[-SHOWN:])
    if len(found) > 1:
        ends = list(found.values())
        words: dict[str, str | int] = {"first": ends[0], "second": ends[1]}
        yield Finding("register", Verdict.PASS, "register.mixed", words)


def style(sentence: str) -> str:
    """Blank where it ends in none of ours."""
    told = sentence.rstrip(CLOSING)
    return next((name for name, ending in STYLES if ending.search(told)), "")
