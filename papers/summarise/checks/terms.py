"""What a summary names, and its source does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.known import known
from papers.summarise.source import SourceText
from papers.summarise.words import WORD, is_english, is_of_latin_script, squeezed, terms

FEW, FEW_ENGLISH = 0.35, 0.5  # of what is named
LONG = 6  # letters of a name that does not occur by chance
ENOUGH = 3  # terms; of fewer nothing can be said
MOST_NAMED = 6


@dataclass(frozen=True)
class Terms:
    """What a draft names, and what of it the source knows."""

    draft: Draft
    source: SourceText

    @cached_property
    def named(self) -> list[str]:
        return terms(text_of(self.draft), self.draft.language)

    @cached_property
    def unknown(self) -> list[str]:
        return self.not_known(self.named)

    def not_known(self, named: list[str]) -> list[str]:
        knows = known(self.source).knows
        return [term for term in named if not knows(term)]

    @property
    def is_enough(self) -> bool:
        return len(self.named) >= ENOUGH

    @property
    def is_strange(self) -> bool:
        fewest = FEW_ENGLISH if is_english(self.draft.language) else FEW
        return self.is_enough and len(self.unknown) > (1 - fewest) * len(self.named)

    @cached_property
    def own_names(self) -> list[str]:
        return known(self.source).own_names

    @cached_property
    def own_names_said(self) -> list[str]:
        """A short one only as a word of its own: ACP is not in “via CPU”."""
        text = text_of(self.draft)
        letters, words = squeezed(text), {squeezed(word) for word in WORD.findall(text)}
        names = ((name, squeezed(name)) for name in self.own_names)
        return [n for n, own in names if own in words or (len(own) >= LONG and own in letters)]

    @property
    def says_none_of_its_own(self) -> bool:
        return bool(self.own_names) and not self.own_names_said


def text_of(draft: Draft) -> str:
    return "\n".join(filter(None, [draft.lead, *draft.parts.values()]))


def listed(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED])


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """Under 35 % of at least three Latin terms (of English words, 50 %) stand in the source (a
    hint: a rightly written seed has 33 %); or none of the names that the paper gives itself is
    mentioned (a hint); or too few terms are named to tell (REVIEW; in a language of Latin script,
    where only names count, a hint). With `identification` the first two block.

    Measured: terms few in 12 % of 34 Korean entries and 0.2 % of 602 English sentences; no own
    name in 12 % and 22 %; too few terms in 3 % of the Korean ones.
    """
    found = Terms(draft, source)
    if found.is_strange:
        yield Finding("terms", Verdict.PASS, "terms.few", {"names": listed(found.unknown)})
    if not found.is_enough:
        level = Verdict.PASS if is_of_latin_script(draft.language) else Verdict.REVIEW
        yield Finding("terms", level, "terms.too_few_to_tell")
    if found.says_none_of_its_own:
        words: dict[str, str | int] = {"names": listed(found.own_names)}
        yield Finding("coined", Verdict.PASS, "coined.none", words)
