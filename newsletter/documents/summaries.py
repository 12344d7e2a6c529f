"""Between the sections of a document and the three parts of a Summary, and what lies beyond."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.documents.document import PARTS, Section
from newsletter.documents.folding import few_lines, one_line
from newsletter.documents.literals import as_prose
from papers.models import Summary


@dataclass(frozen=True)
class Texts:
    """The columns of Summary that a document tells."""

    whats_new: str = ""
    technical_details: str = ""
    performance_highlights: str = ""
    further: tuple[tuple[str, str], ...] = ()


def texts_of(sections: Iterable[Section]) -> Texts:
    """The first section of each of the three labels is that part; all others go further."""
    parts: dict[str, str] = {}
    further = []
    for section in sections:
        part = PARTS.get(section.label)
        if part and part not in parts:
            parts[part] = section.text
        else:
            further.append((section.label, section.text))
    return Texts(**parts, further=tuple(further))


def sections_of(summary: Summary) -> list[Section]:
    """The three parts in their order, then what goes further; blank ones are left out."""
    told = [(label, getattr(summary, part)) for label, part in PARTS.items()]
    sections = [
        Section(one_line(label).replace("*", ""), printable(text))
        for label, text in [*told, *summary.further]
    ]
    return [section for section in sections if section.text]


def printable(text: str) -> str:
    """A text as a document has it: reading it again changes nothing more."""
    first, *others = few_lines(text).split("\n")
    return "\n".join([as_prose(first), *others])
