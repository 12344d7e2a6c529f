"""Lines that other makers of the format wrote in ways of their own, put into its one form.

Each rule changes a line or leaves it, and each change is told: what was done, and where. Nothing
that a reader would read is lost: what goes is a star, a bracket, a blank, a name said again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from newsletter.documents.authors import (
    MORE,
    authors_line,
    exact_names,
    is_doubled,
    once_each,
    read_authors,
    stutters,
)
from newsletter.documents.folding import CONTROL
from newsletter.documents.literals import as_prose
from papers.sources.base import canonical_id

AUTHORS = "Authors: "
ARXIV_LINK = re.compile(r"\(https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/([^()]+?)(?:\.pdf)?\)$")
DASH = re.compile(r"^-\s+")
THREE_STARS = re.compile(r"^- \*\*\*([^*]+)\*\*\*:")
SECTION = re.compile(r"(- \*\*[^*]+\*\*:\s*)(.*)")


@dataclass(frozen=True)
class Line:
    number: int
    text: str


@dataclass(frozen=True)
class Note:
    """Something that was normalised, and the line it stood on."""

    what: str
    line: int


def normalised(lines: Sequence[Line]) -> tuple[list[Line], list[Note]]:
    """The lines in the format's form, and a note for each that was not."""
    notes: list[Note] = []
    for what, rule in (*RULES, ("authors named several times in a row named once", once(lines))):
        changed = [Line(line.number, rule(line.text)) for line in lines]
        notes += [
            Note(what, old.number) for old, new in zip(lines, changed, strict=True) if old != new
        ]
        lines = changed
    return [*lines], notes


def without_control_characters(line: str) -> str:
    return CONTROL.sub(" ", line)


def one_blank(line: str) -> str:
    return DASH.sub("- ", line)


def two_stars(line: str) -> str:
    return THREE_STARS.sub(r"- **\1**:", line)


def value_as_prose(line: str) -> str:
    found = SECTION.fullmatch(line)
    return found[1] + as_prose(found[2]) if found else line


def abstract_link(line: str) -> str:
    found = ARXIV_LINK.search(line) if line.startswith("### [") else None
    paper_id = canonical_id(found[1]) if found else ""
    return ARXIV_LINK.sub(f"(https://arxiv.org/abs/{paper_id})", line) if paper_id else line


def plain_authors(line: str) -> str:
    names = exact_names(line.removeprefix(AUTHORS)) if line.startswith(AUTHORS) else None
    return line if names is None else AUTHORS + authors_line(names)


def without_more(line: str) -> str:
    names = plain_names(line)
    return AUTHORS + ", ".join(n for n in names if n != MORE) if MORE in names else line


def once(lines: Iterable[Line]) -> Callable[[str], str]:
    """The rule that names each author once, if repeating them is the document's habit.

    It is when a name stands three times in a row in most of its lists; a single list is judged
    by itself. Two namesakes side by side are two people.
    """
    lists = [names for line in lines if (names := plain_names(line.text))]
    habit = len(lists) > 1 and 2 * sum(map(stutters, lists)) > len(lists)

    def rule(line: str) -> str:
        names = plain_names(line)
        repeated = is_doubled(names) or (habit and once_each(names) != names)
        return AUTHORS + ", ".join(once_each(names)) if repeated else line

    return rule


def plain_names(line: str) -> list[str]:
    """The names on a plain authors line; none for any other line."""
    text = line.removeprefix(AUTHORS)
    if not line.startswith(AUTHORS) or exact_names(text) is not None:
        return []
    return read_authors(text)


RULES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("control characters made blanks", without_control_characters),
    ("blanks at the end of the line left out", str.rstrip),
    ("blanks after a dash made one", one_blank),
    ("three stars around a label made two", two_stars),
    ("a printed Python value written as prose", value_as_prose),
    ("link written as the address of the abstract", abstract_link),
    ("authors printed as a Python list parted by commas", plain_authors),
    (f"the author '{MORE}', who is nobody, left out", without_more),
)
