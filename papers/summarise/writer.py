"""What writes summaries: from one text, in one language, told apart from what was written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from papers.models import Paper, Receipt, Summary
from papers.summarise.draft import Claim
from papers.summarise.extract import extract
from papers.summarise.source import SourceText

logger = logging.getLogger(__name__)

ABSTRACTS_ARE_IN = "en"


class CannotWrite(Exception):
    """Nothing can be written from this text; the message says why. Another text may do."""


@dataclass
class Work:
    """A text of a paper to be written up in a language; `anew`, whatever was answered before.
    `why` is a Summary.WhyExtract, where a model was to write and did not."""

    paper: Paper
    source: SourceText
    language: str
    why: str = ""
    anew: bool = False


@dataclass(frozen=True)
class Written:
    """The three parts, the language they are in, and who wrote them. A blank part is not told."""

    whats_new: str
    technical_details: str
    performance_highlights: str
    text_language: str
    writer: Summary.Writer
    writer_name: str = ""
    claims: Sequence[Claim] = ()
    receipt: Receipt | None = None


Keep = Callable[[Work, Written], None]


class Writer(Protocol):
    def __call__(self, works: Sequence[Work], keep: Keep) -> Sequence[Work]:
        """Write each in its language, or in the text's own: `text_language` says. Adds nothing
        that a text does not say. Each is handed to `keep` as soon as it is written; what could not
        be written comes back."""


def write_extracts(works: Sequence[Work], keep: Keep) -> Sequence[Work]:
    """The texts' own sentences, untranslated, whatever the language. A Writer that needs no key."""
    left = []
    for work in works:
        try:
            keep(work, write_extract(work.source))
        except CannotWrite as cannot:
            logger.warning("paper=%s has no summary: %s", work.paper.canonical_id, cannot)
            left.append(work)
    return left


def write_extract(source: SourceText) -> Written:
    """Raises CannotWrite."""
    found = extract(source.text)
    if not found.whats_new:
        raise CannotWrite(f"the {source.kind} is empty")
    return Written(
        whats_new=" ".join(found.whats_new),
        technical_details=" ".join(found.technical_details),
        performance_highlights=" ".join(found.performance_highlights),
        text_language=ABSTRACTS_ARE_IN,
        writer=Summary.Writer.EXTRACT,
    )
