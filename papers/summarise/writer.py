"""What writes summaries: from one text, in one language, told apart from what was written."""

from dataclasses import dataclass
from typing import Protocol

from papers.models import Summary
from papers.summarise.extract import extract
from papers.summarise.source import SourceText

ABSTRACTS_ARE_IN = "en"


class CannotWrite(Exception):
    """Nothing can be written from this text; the message says why. Another text may do."""


@dataclass(frozen=True)
class Written:
    """The three parts, the language they are in, and who wrote them. A blank part is not told."""

    whats_new: str
    technical_details: str
    performance_highlights: str
    text_language: str
    writer: Summary.Writer
    writer_name: str = ""


class Writer(Protocol):
    def __call__(self, source: SourceText, language: str) -> Written:
        """A summary in the language, or in the text's own: `text_language` says. Adds nothing
        that the text does not say. Raises CannotWrite."""


def write_extract(source: SourceText, language: str) -> Written:
    """The text's own sentences, untranslated, whatever the language. Needs no key."""
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
