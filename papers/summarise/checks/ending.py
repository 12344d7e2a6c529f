"""Whether a part comes to its end."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding

STOPS = tuple(".!?…。！？।؟۔") + tuple(")]}）」』】》〉") + tuple("\"'”’»“")
KOREAN = tuple("다음함임됨요")
SHOWN = 30  # characters of the end


def check(draft: Draft) -> Iterator[Finding]:
    """A text that stops in mid-sentence: its last character is no stop, no closing bracket, and in
    Korean none of 다 음 함 임 됨 요 (BLOCK).

    Measured: none of 197 Korean entries.
    """
    stops = STOPS + KOREAN if draft.language == "ko" else STOPS
    for part, text in draft.parts.items():
        if (told := text.strip()) and not told.endswith(stops):
            words: dict[str, str | int] = {"part": part, "end": told[-SHOWN:]}
            yield Finding("ending", Verdict.BLOCK, "ending.cut", words)
