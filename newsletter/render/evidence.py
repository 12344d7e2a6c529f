"""What a summary rests on, as its paper's page shows it: sentences and figures of its source.

Nothing is shown that does not stand there; what was looked for and not found is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import override

from newsletter.render.clean import one_line
from newsletter.render.entries import LABELS, PAPERS_LANGUAGE, other_than
from papers.models import Summary
from papers.summarise.checks.evidence import found
from papers.summarise.draft import Claim, draft_of
from papers.summarise.figures import MISSING, Figure, ledger
from papers.summarise.judging import read_from
from papers.summarise.source import SourceText

AROUND = 60  # characters of the source on each side of a figure
STANDS = ("found", "converted")


@dataclass(frozen=True)
class Statement:
    text: str
    quote: str  # the sentence of the source that it rests on; blank where none was found


@dataclass(frozen=True)
class RestingPart:
    label: str
    statements: Sequence[Statement]
    has_more: bool  # it says something beyond them


@dataclass(frozen=True)
class Place:
    """A figure of the summary, and where it stands in the source, among which words."""

    figure: str
    before: str
    text: str
    after: str


@dataclass(frozen=True)
class Evidence:
    """`lang` is the summary's and `source_lang` the source's, where they differ from the page's."""

    lang: str
    source_lang: str
    parts: Sequence[RestingPart]
    places: Sequence[Place]
    derived: Sequence[str]  # figures that follow from those of the source
    missing: Sequence[str]

    @property
    def figure_count(self) -> int:
        return len(self.places) + len(self.derived) + len(self.missing)


def evidence_of(summary: Summary, language: str) -> Evidence | None:
    """For a page in a language; in one query at most. None where there is nothing to show: of an
    excerpt, which is the source's own words, and where the very text that was read is gone."""
    source = read_from(summary)
    if summary.is_excerpt or not source.text or source.sha256 != summary.source_sha256:
        return None
    figures = unique(ledger(draft_of(summary), source))
    with override(language):
        parts = list(resting_parts(summary, source))
    evidence = Evidence(
        lang=other_than(language, summary.text_language),
        source_lang=other_than(language, PAPERS_LANGUAGE),
        parts=parts,
        places=[place(each, source) for each in figures if each.state in STANDS],
        derived=[each.text for each in figures if each.state == "derived"],
        missing=[each.text for each in figures if each.state in MISSING],
    )
    return evidence if parts or evidence.figure_count else None


def resting_parts(summary: Summary, source: SourceText) -> Iterator[RestingPart]:
    """The claims that still stand in the text as they were; an editor may have changed it since."""
    claims = draft_of(summary).claims
    for part, label in LABELS.items():
        text = one_line(getattr(summary, part))
        standing = [each for each in claims if each.part == part and one_line(each.text) in text]
        if standing:
            statements = [statement(claim, source) for claim in standing]
            whole = " ".join(each.text for each in statements)
            yield RestingPart(str(label), statements, has_more=whole != text)


def statement(claim: Claim, source: SourceText) -> Statement:
    span = found(claim.quote, source) if claim.quote else None
    return Statement(
        one_line(claim.text), one_line(whole_words(source.text, *span)) if span else ""
    )


def whole_words(text: str, start: int, end: int) -> str:
    """What stands there, and what its first and last letters touch: brackets, a full stop."""
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end]


def unique(figures: Sequence[Figure]) -> list[Figure]:
    """Each once, however often the summary prints it."""
    first: dict[tuple[str, str], Figure] = {}
    for figure in figures:
        first.setdefault((figure.text, figure.state), figure)
    return list(first.values())


def place(figure: Figure, source: SourceText) -> Place:
    text, start = source.text, figure.source_start
    if start < 0:
        text, start = source.title, source.title.find(figure.source_text)
    end = start + len(figure.source_text)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = "…" + before.partition(" ")[2]
    if end + AROUND < len(text):
        after = after.rpartition(" ")[0] + "…"
    return Place(figure.text, folded(before), figure.source_text, folded(after))


def folded(text: str) -> str:
    """On one line, with a blank at its ends where there was one."""
    return f"{' ' * text[:1].isspace()}{one_line(text)}{' ' * text[-1:].isspace()}"
