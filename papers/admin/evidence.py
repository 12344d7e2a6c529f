"""Why a summary is flagged, and what it rests on, ready for its page: its findings with the strings
marked that they name, each claim with the sentence of the source, each figure with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from papers.admin.marking import Mark, Piece, pieces, places_of
from papers.flagged import by_weight, is_looked_over, verdict_on
from papers.mend import IN_PLACE
from papers.models import Reading, Summary, Verdict
from papers.summarise import BY_MACHINE
from papers.summarise.checks.evidence import found
from papers.summarise.claims import Statement, statements
from papers.summarise.draft import Draft, draft_of
from papers.summarise.figures import MISSING, Figure, ledger
from papers.summarise.finding import Finding, Judgement
from papers.summarise.judging import read_from
from papers.summarise.source import SourceText

STATES = {
    "found": _("in the source"),
    "converted": _("in the source, in other units"),
    "derived": _("can be worked out from the source"),
    "plain": _("too common to be looked for"),
    "unsupported": _("not in the source"),
    "tenfold": _("not in the source; another power of ten is"),
}
LABELS = {part: getattr(Summary, part).field.verbose_name for part in IN_PLACE}
UNCOUNTED = "plain"
BETWEEN_NAMES = re.compile(r",\s+")
BADGES = {Verdict.BLOCK: "b", Verdict.REVIEW: "w", Verdict.PASS: ""}
LEVELS = {Verdict.BLOCK: _("Blocked"), Verdict.REVIEW: _("Check"), Verdict.PASS: _("Hint")}


@dataclass(frozen=True)
class FigureRow:
    """A figure as it is printed, and what the source has of it."""

    key: str
    figure: Figure
    has_place: bool

    @property
    def state(self) -> Promise:
        return STATES[self.figure.state]

    @property
    def is_bad(self) -> bool:
        return self.figure.state in MISSING

    @property
    def can_be_put(self) -> bool:
        return bool(self.figure.proposal) and self.figure.part in IN_PLACE


@dataclass(frozen=True)
class Reason:
    """`row` is the figure that can be put right at once."""

    finding: Finding
    row: FigureRow | None = None

    @property
    def badge(self) -> str:
        return BADGES[self.finding.level]

    @property
    def level(self) -> Promise:
        return LEVELS[self.finding.level]


@dataclass(frozen=True)
class Said:
    """A statement of a part. `quote` is the sentence that it rests on, blank where none was named;
    `is_there` whether that stands in the source."""

    key: str
    pieces: Sequence[Piece]
    quote: str
    is_there: bool
    is_claim: bool


@dataclass(frozen=True)
class Part:
    name: str
    label: str
    said: Sequence[Said]


class Evidence:
    """Of one summary; looked up as it is printed."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary

    @cached_property
    def judgement(self) -> Judgement:
        return verdict_on(self.summary)

    @cached_property
    def reasons(self) -> list[Reason]:
        """What checks say of it, the worst first."""
        putable = {row.figure.text: row for row in reversed(self.figures) if row.can_be_put}
        return [
            Reason(finding, putable.get(str(finding.words.get("number", ""))))
            for finding in by_weight(self.judgement)
        ]

    @property
    def is_blocked(self) -> bool:
        return self.judgement.verdict is Verdict.BLOCK

    @property
    def is_flagged(self) -> bool:
        return self.judgement.verdict is not Verdict.PASS

    @property
    def is_signed(self) -> bool:
        """Whether an editor stands for what is only to be looked at."""
        levels = [finding.level for finding in self.judgement.findings]
        return is_looked_over(self.summary) and Verdict.REVIEW in levels and not self.is_flagged

    @property
    def is_by_machine(self) -> bool:
        return self.summary.writer in BY_MACHINE

    @cached_property
    def draft(self) -> Draft:
        return draft_of(self.summary)

    @cached_property
    def source(self) -> SourceText:
        return read_from(self.summary)

    @property
    def source_kind(self) -> str:
        return str(capfirst(Reading.Kind(self.source.kind).label))

    @property
    def is_source_known(self) -> bool:
        """Whether it is the very text that it was written from; else it is the abstract of now."""
        return self.source.sha256 == self.summary.source_sha256

    @property
    def is_of_older_version(self) -> bool:
        """Whether the paper was revised since the source was read."""
        return 0 < self.source.paper_version < self.summary.paper.version

    @cached_property
    def figures(self) -> list[FigureRow]:
        """Of an excerpt nobody asks: they are the source's."""
        if self.summary.is_excerpt:
            return []
        rows = enumerate(ledger(self.draft, self.source), start=1)
        return [FigureRow(f"f{n}", figure, stands(figure, self.source)) for n, figure in rows]

    @property
    def counted(self) -> int:
        return sum(row.figure.state != UNCOUNTED for row in self.figures)

    @property
    def supported(self) -> int:
        return sum(row.figure.state not in (UNCOUNTED, *MISSING) for row in self.figures)

    @cached_property
    def quoted(self) -> dict[str, tuple[int, int] | None]:
        """Where each quoted sentence stands in the source; None: it does not."""
        quotes = {claim.quote for claim in self.draft.claims if claim.quote}
        return {quote: found(quote, self.source) for quote in quotes}

    @property
    def has_claims(self) -> bool:
        return any(said.is_claim for part in self.parts for said in part.said)

    @cached_property
    def parts(self) -> list[Part]:
        """What it says, in order, but for blank parts."""
        texts = {"lead": self.draft.lead, **self.draft.parts}
        return [
            Part(name, label_of(name), list(self.said(name, text)))
            for name, text in texts.items()
            if text.strip()
        ]

    def said(self, part: str, text: str) -> Iterator[Said]:
        marks = [*self.figure_marks(part), *self.named_marks(text)]
        for number, each in enumerate(statements(part, text, self.draft.claims), start=1):
            quote = each.claim.quote if each.claim else ""
            yield Said(
                key=f"{part}-{number}",
                pieces=pieces(each.text, moved(marks, each)),
                quote=quote,
                is_there=self.quoted.get(quote) is not None,
                is_claim=each.claim is not None,
            )

    def figure_marks(self, part: str) -> Iterator[Mark]:
        for row in self.figures:
            if row.figure.part == part:
                kind = "fig bad" if row.is_bad else "fig"
                yield Mark(row.figure.start, row.figure.end, row.key, kind)

    def named_marks(self, text: str) -> Iterator[Mark]:
        """The very strings that findings name."""
        for words in self.named:
            for start, end in places_of(words, text):
                yield Mark(start, end, "", "named")

    @cached_property
    def named(self) -> list[str]:
        """Whole, and each by itself where several are listed; one letter alone is no name."""
        told = [
            str(words)
            for finding in self.judgement.findings
            if finding.level != Verdict.PASS
            for words in finding.words.values()
        ]
        each = [name for words in told for name in BETWEEN_NAMES.split(words)]
        return [name for name in dict.fromkeys([*told, *each]) if len(name) > 1]

    @property
    def source_pieces(self) -> list[Piece]:
        """The source with the sentences and figures marked that the summary rests on."""
        return pieces(self.source.text, [*self.quote_marks(), *self.place_marks()])

    def quote_marks(self) -> Iterator[Mark]:
        for part in self.parts:
            for said in part.said:
                if place := self.quoted.get(said.quote):
                    yield Mark(*place, said.key, "quoted")

    def place_marks(self) -> Iterator[Mark]:
        for row in self.figures:
            if row.has_place:
                start = row.figure.source_start
                yield Mark(start, start + len(row.figure.source_text), row.key, "fig")


def moved(marks: Sequence[Mark], to: Statement) -> Iterator[Mark]:
    """The marks as they lie in one statement of their part."""
    for mark in marks:
        if to.start <= mark.start and mark.end <= to.end:
            yield Mark(mark.start - to.start, mark.end - to.start, mark.key, mark.kind)


def stands(figure: Figure, source: SourceText) -> bool:
    """Whether its place in the source's text is known; it may be in the title."""
    start, words = figure.source_start, figure.source_text
    return bool(words) and start >= 0 and source.text[start : start + len(words)] == words


def label_of(part: str) -> str:
    """As the form has it; what an imported edition printed beyond that, by its own label."""
    if part in IN_PLACE:
        return str(capfirst(LABELS[part]))
    return part
