"""Whether the languages of one entry say the same: its numbers, its names, and which way things go.

Each language is written by itself from the same source, so what one says and another leaves out
need not be wrong. An editor is shown it; nothing is stopped by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isclose

from django.utils.text import get_text_list
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from papers.models import Summary
from papers.summarise.directions import Way, clause_at, ways_at
from papers.summarise.draft import Draft, draft_of
from papers.summarise.figures import read as figures
from papers.summarise.figures.read import Number
from papers.summarise.glossary import terms
from papers.summarise.words import COMMON, squeezed

FEW = 3
AS_GOOD_AS = 0.006  # 156,240 is 156k
NAME = re.compile(r"(?<![\w.-])[A-Za-z][\w.+-]*[\w+]", re.ASCII)
HAS_MARK = re.compile(r"[A-Z].*[A-Z]|[A-Z].*\d|\d.*[A-Z]|[a-z][A-Z]")


@dataclass(frozen=True)
class Difference:
    """What some languages say and others do not, as each of them prints it."""

    said: Mapping[str, str]  # by language
    lacking: Sequence[str] = ()  # languages; none where they say opposite things

    @property
    def text(self) -> str:
        if self.lacking:
            return " = ".join(dict.fromkeys(self.said.values()))
        return " / ".join(f"{own_name(code)} “{text}”" for code, text in self.said.items())


def sentences(found: Iterable[Difference]) -> list[str]:
    """In the active language, languages in their own words; what the same languages say and lack
    is in one, and what goes opposite ways comes last."""
    said: dict[tuple[str, str], list[str]] = {}
    for each in sorted(found, key=lambda each: not each.lacking):
        who = (listed(each.said), listed(each.lacking))
        said.setdefault(who, []).append(each.text)
    return [
        _("In %(languages)s and not in %(others)s: %(text)s")
        % {"languages": languages, "others": others, "text": ", ".join(texts)}
        if others
        else _("In opposite ways: %(text)s") % {"text": "; ".join(texts)}
        for (languages, others), texts in said.items()
    ]


@dataclass(frozen=True)
class Agreement:
    """Where a summary and those of its paper in `others` differ."""

    others: Sequence[Summary] = ()
    differences: Sequence[Difference] = ()

    @property
    def sentences(self) -> list[str]:
        return sentences(self.differences)


def agreement_of(summary: Summary) -> Agreement:
    """In one query."""
    found = summary.paper.summaries.exclude(pk=summary.pk).order_by("language")
    others = [other for other in found if can_be_compared(other)]
    if not can_be_compared(summary) or not others:
        return Agreement()
    return Agreement(others, differences(drafts_of([summary, *others])))


def drafts_of(summaries: Iterable[Summary]) -> dict[str, Draft]:
    """Those that can be compared, by language."""
    return {each.language: draft_of(each) for each in summaries if can_be_compared(each)}


def can_be_compared(summary: Summary) -> bool:
    """Not sentences of the abstract, which are chosen by other rules, and not what says nothing."""
    return not summary.is_excerpt and not summary.is_blank


def differences(drafts: Mapping[str, Draft]) -> list[Difference]:
    """Numbers and names that not all of an entry's languages state, and numbers by which one goes
    up and another down. A text that is not in its readers' language is left out.

    It tells what differs, not who is right, and sees nothing on which all agree.
    """
    own = {code: draft for code, draft in drafts.items() if draft.language == code}
    if len(own) < 2:
        return []
    return [*numbers(own), *names(own)]


@dataclass(frozen=True)
class Stated:
    """A number where it stands."""

    number: Number
    text: str  # of its part

    def is_same(self, other: Stated) -> bool:
        ours, theirs = self.number.values, other.number.values
        return any(isclose(a, b, rel_tol=AS_GOOD_AS) for a in ours for b in theirs)


def numbers(drafts: Mapping[str, Draft]) -> Iterator[Difference]:
    """By their values: 20억 is 2 billion. Bare ones up to three are left out."""
    for same in grouped(drafts):
        printed = {code: stated[0].number.text for code, stated in same.items()}
        lacking = [
            code
            for code, draft in drafts.items()
            if code not in same and not alludes(draft, same.values())
        ]
        if lacking:
            yield Difference(printed, lacking)
        yield from opposites(same)


def grouped(drafts: Mapping[str, Draft]) -> list[dict[str, list[Stated]]]:
    """Each number once, with all the places where it stands, by language."""
    groups: list[dict[str, list[Stated]]] = []
    for code, draft in drafts.items():
        for each in stated_in(draft):
            known = (group for group in groups if each.is_same(next(iter(group.values()))[0]))
            group = next(known, None)
            if group is None:
                groups.append(group := {})
            group.setdefault(code, []).append(each)
    return groups


def stated_in(draft: Draft) -> Iterator[Stated]:
    for text in (draft.lead, *draft.parts.values()):
        for number in figures.numbers(text, draft.language):
            if not (number.is_bare and number.values[0] <= FEW):
                yield Stated(number, text)


def alludes(draft: Draft, same: Iterable[Sequence[Stated]]) -> bool:
    """Whether a text has a number within a name, or in words: half of all."""
    text = said_by(draft)
    known = [Stated(number, text) for number in figures.source_numbers(text)]
    return any(each.is_same(stated[0]) for each in known for stated in same)


def opposites(same: Mapping[str, Sequence[Stated]]) -> Iterator[Difference]:
    """Where one language says that something goes up by a number, and another that it goes down."""
    ways = {code: ways_of(stated, code) for code, stated in same.items()}
    for one, other in combinations(same, 2):
        if any(way.opposite in ways[other] for way in ways[one]):
            clauses = {code: clause_of(same[code][0], code) for code in (one, other)}
            yield Difference(clauses)


def ways_of(stated: Sequence[Stated], language: str) -> set[Way]:
    """What its clauses say in one voice."""
    ways = set[Way]().union(*(ways_at(s.text, s.number.start, language) for s in stated))
    return {way for way in ways if way.opposite not in ways}


def clause_of(stated: Stated, language: str) -> str:
    return clause_at(stated.text, stated.number.start, language).strip(" ,;.")


def names(drafts: Mapping[str, Draft]) -> Iterator[Difference]:
    """Names with a capital or a digit within. One that a language spells out, or has a word for,
    is there."""
    said: dict[str, dict[str, str]] = {}
    for code, draft in drafts.items():
        for name in names_in(said_by(draft)):
            said.setdefault(squeezed(name), {}).setdefault(code, name)
    for name, by in said.items():
        lacking = [code for code in drafts if code not in by and not knows(drafts[code], name, by)]
        if lacking:
            yield Difference(by, lacking)


def names_in(text: str) -> Iterator[str]:
    """Without the household words of the field, and what they are joined to: LLM, AI-based."""
    for found in NAME.finditer(text):
        pieces = [piece for piece in re.split(r"[-.+]", found[0]) if is_own(piece)]
        if any(HAS_MARK.search(piece) for piece in pieces):
            yield found[0]


def is_own(piece: str) -> bool:
    return not COMMON.fullmatch(piece.removesuffix("s"))


def knows(draft: Draft, name: str, said: Mapping[str, str]) -> bool:
    """Whether a text has a name by its letters, its initials, or the glossary's word for it."""
    text = said_by(draft)
    if name in squeezed(text):
        return True
    as_printed = next(iter(said.values()))
    if as_printed.isupper() and as_printed.casefold() in initials(text):
        return True
    word = terms(draft.language).get(as_printed, "")
    return bool(word) and word in text


def initials(text: str) -> str:
    return "".join(word[0] for word in re.findall("[a-z]+", text.casefold()))


def said_by(draft: Draft) -> str:
    return "\n".join([draft.lead, *draft.parts.values()])


def own_name(language: str) -> str:
    return str(get_language_info(language)["name_local"])


def listed(languages: Mapping[str, str] | Sequence[str]) -> str:
    return get_text_list([own_name(code) for code in languages], _("and"))
