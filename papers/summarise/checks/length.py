"""How long a part is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from papers.models import Verdict
from papers.summarise.checks.sentences import sentences
from papers.summarise.draft import PARTS, Draft
from papers.summarise.finding import Finding

DENSE = (60, 450)  # characters, where one says as much as two or three Latin letters
BANDS: Mapping[str, tuple[int, int]] = {"ko": DENSE, "ja": (50, 450), "zh": (40, 350)}
LATIN = (120, 900)
MOST_SENTENCES = 5


def check(draft: Draft) -> Iterator[Finding]:
    """A part outside its band: 60 to 450 characters in Korean, 120 to 900 in English, at most five
    sentences (REVIEW).

    Measured: 6 of 197 Korean entries; 3 are too long, 3 have too many sentences.
    """
    fewest, most = BANDS.get(draft.language[:2], LATIN)
    for part in PARTS:
        text = draft.parts.get(part, "").strip()
        words: dict[str, str | int] = {"part": part, "count": len(text)}
        if text and len(text) < fewest:
            yield Finding("length", Verdict.REVIEW, "length.short", words | {"limit": fewest})
        if len(text) > most:
            yield Finding("length", Verdict.REVIEW, "length.long", words | {"limit": most})
        count = len(sentences(text))
        if count > MOST_SENTENCES:
            words = {"part": part, "count": count, "limit": MOST_SENTENCES}
            yield Finding("length", Verdict.REVIEW, "length.sentences", words)
