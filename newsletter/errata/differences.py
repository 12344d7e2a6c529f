"""What of an edition's words stands no longer in a paper's new version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from difflib import SequenceMatcher

from newsletter.errata.printed import frozen_text, has, has_figure, summaries_of
from newsletter.models import Edition
from papers.fulltext.document import letters
from papers.models import Paper, Summary
from papers.summarise.draft import draft_of
from papers.summarise.figures import MISSING, Figure, ledger
from papers.summarise.sentences import sentences
from papers.summarise.source import SourceText, abstract_of, given

ALIKE = 0.55  # of two sentences: the one is the other, rewritten
TITLE = "title"


@dataclass(frozen=True)
class Words:
    """What a paper said before."""

    title: str
    abstract: str


@dataclass(frozen=True)
class Difference:
    """Something printed that stands no longer: figures of a sentence, or the title; and what the
    paper says now in its place, blank where it says nothing like it. The sentence is blank where
    only its figures are known to have been printed, and not its words."""

    part: str  # of papers.summarise.draft.PARTS, or TITLE
    language: str  # of the edition; blank for the title
    printed: str
    now: str
    figures: tuple[str, ...] = ()

    def stored(self) -> dict[str, object]:
        return asdict(self) | {"figures": list(self.figures)}


def differences(edition: Edition, paper: Paper, before: Words) -> list[Difference]:
    """The title, and figures that stood in the old abstract and do not in the new one. Words that
    were only put differently are none: what was printed of them is as true as before."""
    found = list(in_title(edition, paper, before))
    for language, summary in summaries_of(edition, paper).items():
        text = frozen_text(edition, language)
        for difference in in_summary(summary, before):
            if not text or has(text, difference.printed):
                found.append(difference)
            elif all(has_figure(text, figure) for figure in difference.figures):
                found.append(replace(difference, printed=""))
    return found


def in_title(edition: Edition, paper: Paper, before: Words) -> Iterator[Difference]:
    if letters(before.title) != letters(paper.title):
        yield Difference(TITLE, "", before.title, paper.title)


def in_summary(summary: Summary, before: Words) -> Iterator[Difference]:
    """A difference a sentence."""
    draft, new = draft_of(summary), abstract_of(summary.paper)
    old = old_source(summary, before)
    missing = {(each.part, each.start) for each in lost(ledger(draft, old))}
    stood = {(each.part, each.start): each for each in ledger(draft, old)}
    by_sentence: dict[tuple[str, str], list[Figure]] = {}
    for figure in lost(ledger(draft, new)):
        if (figure.part, figure.start) not in missing:
            sentence = sentence_at(draft.parts[figure.part], figure.start)
            by_sentence.setdefault((figure.part, sentence), []).append(figure)
    for (part, printed), figures in by_sentence.items():
        place = stood.get((part, figures[0].start))
        then = sentence_at(old.text, place.source_start) if place else printed
        now = most_like(then, new.text)
        yield Difference(
            part, summary.language, printed, now, tuple(figure.text for figure in figures)
        )


def old_source(summary: Summary, before: Words) -> SourceText:
    """The abstract as it was when the summary was written, as far as anybody kept it: an extract is
    made of nothing else."""
    if summary.is_excerpt:
        return SourceText(before.title, "\n".join(summary.three_parts), "abstract")
    kept = given(summary)
    is_kept = kept.sha256 == summary.source_sha256
    abstract = kept.text.partition("\n\n")[0] if is_kept else before.abstract
    return SourceText(before.title, abstract, "abstract")


def lost(figures: list[Figure]) -> list[Figure]:
    return [figure for figure in figures if figure.state in MISSING]


def sentence_at(text: str, place: int) -> str:
    """The sentence that a place in a text lies in; the whole line where there is none."""
    if place < 0:
        return ""
    before, folded = len(" ".join(text[:place].split())), " ".join(text.split())
    end = 0
    for sentence in sentences(folded):
        end = folded.find(sentence, end) + len(sentence)
        if before < end:
            return sentence
    return folded


def most_like(sentence: str, text: str) -> str:
    """What a text says in a sentence's place; blank where it says nothing like it."""
    if not sentence:
        return ""
    rated = [(likeness(sentence, each), each) for each in sentences(text)]
    best, found = max(rated, default=(0.0, ""))
    return found if best >= ALIKE else ""


def likeness(one: str, other: str) -> float:
    return SequenceMatcher(a=one.split(), b=other.split(), autojunk=False).ratio()
