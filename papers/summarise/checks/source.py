"""Whether there is a source at all."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText
from papers.summarise.words import squeezed

FEWEST = 400  # characters; of a hundred abstracts not one is shorter
HEAD = 80  # letters of the abstract that a fetched text must have


def check(source: SourceText) -> Iterator[Finding]:
    """No source (BLOCK), or so little of it that what is written must come from elsewhere: under
    400 characters (a hint, since there are such abstracts).

    Measured: of a hundred abstracts not one is shorter.
    """
    length = len(source.text.strip())
    if not any(map(str.isalnum, source.text)):
        yield Finding("source", Verdict.BLOCK, "source.missing")
    elif length < FEWEST:
        yield Finding("source", Verdict.PASS, "source.short", {"count": length})


def is_of_the_paper(text: str, abstract: str) -> bool:
    """Whether a fetched text is the paper's: the abstract's first eighty letters stand in it."""
    head = squeezed(abstract)[:HEAD]
    return bool(head) and head in squeezed(text)
