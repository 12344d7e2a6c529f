"""A paper's full text in sections, and what of it a writer is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from papers.fulltext.maths import NAMES, plain
from papers.summarise.sentences import sentences

LIMIT = 20_000  # characters, the abstract among them
LEAST = 400  # characters beside the abstract; what is shorter was cut
LETTERS_COMPARED = 80
LONGEST_HEADING = 120


class Unusable(Exception):
    """There is no text, or none that a summary may be written from; the message says why."""


class Role(Enum):
    """What a section is there for; the value is its share of the text, in characters."""

    RESULTS = 6_000
    METHOD = 6_500
    INTRODUCTION = 4_000
    CONCLUSION = 2_500
    BACKGROUND = 0  # only where the others leave room
    LEFT_OUT = -1


# The first that is found in a heading says what the section is; any other is of the method.
HEADINGS = [
    (
        Role.LEFT_OUT,
        r"abstract$|references?$|bibliography|appendi|supplement|acknowledge?ment|checklist|funding"
        r"|contributions? of (?:the )?authors|authors?.? contributions?|ethic|broader impact"
        r"|impact statement|reproducibility statement|conflicts? of interest|competing interest"
        r"|(?:data|code) availability|disclosure|(?:table of )?contents$",
    ),
    (Role.BACKGROUND, r"related|background|preliminar|prior work|literature|notation"),
    (Role.INTRODUCTION, r"introduc|overview$|motivation"),
    (Role.CONCLUSION, r"conclu|summary|discussion|limitation|future|outlook"),
    (
        Role.RESULTS,
        r"experiment|result|evaluat|analy[sz]|ablation|finding|comparison|performance|benchmarking",
    ),
]


@dataclass(frozen=True)
class Section:
    heading: str  # blank: before the first one, or none has any
    paragraphs: Sequence[str]

    @property
    def role(self) -> Role:
        heading = self.heading.lower()
        if not heading:
            return Role.INTRODUCTION
        return next((role for role, words in HEADINGS if re.search(words, heading)), Role.METHOD)


@dataclass(frozen=True)
class Document:
    """What was read: `whole` is all of its words, `version` arXiv's (0: it does not say)."""

    whole: str
    sections: Sequence[Section]
    version: int = 0


def chosen(document: Document, abstract: str) -> tuple[str, list[str]]:
    """The abstract and, below it, what was chosen of the sections, whole sentences in the paper's
    order; and the headings. Raises Unusable.

    Introduction, method, results and conclusion have a share each, divided among their sections;
    what one leaves over goes to the others, and to the background last.
    """
    if not abstract.strip():
        raise Unusable("there is no abstract to know it by")
    if not begins_in(abstract, document.whole):
        raise Unusable("the abstract does not occur in it")
    sections = [each for each in document.sections if each.role is not Role.LEFT_OUT]
    kept = [part for part in shares(sections, LIMIT - len(abstract)) if part.paragraphs]
    if sum(len(text) for part in kept for text in part.paragraphs) < LEAST:
        raise Unusable("there is little more in it than the abstract")
    return "\n\n".join([abstract, *(printed(part) for part in kept)]), [
        part.heading for part in kept if part.heading
    ]


def shares(sections: Sequence[Section], room: int) -> list[Section]:
    """Each section down to what there is room for: first its own share, then what is left over,
    the roles in the order in which they stand in Role."""
    counts = {role: sum(each.role is role for each in sections) for role in Role}
    taken = [0] * len(sections)
    order = sorted(range(len(sections)), key=lambda at: list(Role).index(sections[at].role))
    for is_first in (True, False):
        for at in order:
            role = sections[at].role
            share = role.value // counts[role] if is_first else room
            more = min(share, room, full_length(sections[at]) - taken[at])
            taken[at] += more
            room -= more
    return [
        Section(each.heading, shortened(each.paragraphs, length - len(each.heading) - 4))
        for each, length in zip(sections, taken, strict=True)
    ]


def full_length(section: Section) -> int:
    return sum(len(text) + 2 for text in section.paragraphs) + len(section.heading) + 4


def shortened(paragraphs: Iterable[str], room: int) -> list[str]:
    """Whole paragraphs, and whole sentences of the last; no sentence is ever cut."""
    kept: list[str] = []
    for text in paragraphs:
        if len(text) > room:
            fitting = first_sentences(text, room)
            return [*kept, fitting] if fitting else kept
        kept.append(text)
        room -= len(text) + 2
    return kept


def first_sentences(text: str, room: int) -> str:
    fitting = ""
    for sentence in sentences(text):
        longer = f"{fitting} {sentence}".strip()
        if len(longer) > room:
            break
        fitting = longer
    return fitting


def printed(section: Section) -> str:
    return "\n\n".join([*filter(None, [section.heading]), *section.paragraphs])


def begins_in(abstract: str, whole: str) -> bool:
    """Whether a text holds the abstract's first letters: as it is, or without its TeX."""
    there, start = letters(whole), abstract[:1000]
    forms = (letters(start), letters(plain(start)))
    return any(form and form[:LETTERS_COMPARED] in there for form in forms)


def letters(text: str) -> str:
    """Its letters alone, in small; Greek ones by name, as TeX writes them."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(NAMES.get(letter, letter) for letter in folded if letter.isalpha())
