"""The three parts: all there, and nothing beyond."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.draft import PARTS, Draft
from papers.summarise.finding import Finding
from papers.summarise.words import squeezed


def check(draft: Draft) -> Iterator[Finding]:
    """A part that is missing or blank while another is there, and a part that nobody asked for
    (BLOCK). A text that has none of the three is of another make, such as a list of points, and
    only to be looked at, as is one that says the same in two parts (REVIEW).

    Measured: of 197 Korean entries it blocks three, which print one part as if it were all.
    """
    told = {name for name, text in draft.parts.items() if text.strip()}
    if told.isdisjoint(PARTS):
        yield Finding("parts", Verdict.REVIEW, "parts.none")
        return
    for name in PARTS:
        if name not in told:
            yield Finding("parts", Verdict.BLOCK, "parts.missing", {"part": name})
    said = set()
    for name, text in draft.parts.items():
        letters = squeezed(text)
        if text.strip() and letters in said:
            yield Finding("parts", Verdict.REVIEW, "parts.repeated", {"part": name})
        said.add(letters)
    for name in draft.parts:
        if name not in PARTS:
            yield Finding("parts", Verdict.BLOCK, "parts.unknown", {"part": name})
