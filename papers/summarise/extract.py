"""An abstract's own sentences, sorted into the three parts of a summary. No model, no key.

Each sentence gets the role it plays in the abstract by its cues (cues.py) and its place: the
background ends where the first contribution stands, the method follows it. Nothing is rewritten,
so nothing can be invented; a part that the abstract does not tell stays empty.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from papers.summarise.cues import Role, loudness
from papers.summarise.sentences import sentences

MOST_SENTENCES = 2  # a part
LONG = 360  # characters; a longer sentence is cut at its semicolons
CLEAR = 3  # so loud a sentence may be the first contribution
LOUD = 5  # so loud a later one adds to it, and does not tell how it is done
FIRST = 99  # louder than any: the first contribution is always printed
A_RESULT = 2  # the least that makes one
ITEM = re.compile(r"\(?(?:[ivx]{1,4}|[2-9]|[b-h])[).] |and \(")  # goes on with a list


@dataclass(frozen=True)
class Extract:
    """Verbatim sentences of an abstract, in its order, at most two a part."""

    whats_new: Sequence[str] = ()
    technical_details: Sequence[str] = ()
    performance_highlights: Sequence[str] = ()


@dataclass(frozen=True)
class Told:
    """A sentence, its place, the role it plays and how loudly it says so."""

    place: int
    text: str
    role: Role
    loudness: int


def extract(abstract: str) -> Extract:
    """Sort an abstract's sentences; each one returned is a verbatim piece of the folded abstract.

    Of an abstract with any text something is new; an empty one gives an empty extract.
    """
    told = list(with_roles(list(pieces(abstract))))
    new, method = loudest(told, Role.CONTRIBUTION), loudest(told, Role.METHOD)
    if not method:
        new, method = new[:1], new[1:]
    result = loudest(told, Role.RESULT)
    return Extract(*(tuple(one.text for one in part) for part in (new, method, result)))


def pieces(abstract: str) -> Iterator[str]:
    for sentence in sentences(abstract):
        yield from re.split(r"(?<=;) ", sentence) if len(sentence) > LONG else [sentence]


def with_roles(texts: Sequence[str]) -> Iterator[Told]:
    first, role, results_began = first_contribution(texts), Role.BACKGROUND, False
    for place, text in enumerate(texts):
        loud = loudness_in_roles(text, results_began=results_began)
        if place == first:
            role, loud[Role.CONTRIBUTION] = Role.CONTRIBUTION, FIRST
        elif place > first and not ITEM.match(text):
            role = max(loud, key=lambda heard: loud[heard])
        results_began = results_began or role is Role.RESULT
        yield Told(place, text, role, loud[role])


def first_contribution(texts: Sequence[str]) -> int:
    """Where the authors first say what they did; failing that, where they first speak of it."""
    for place, text in enumerate(texts):
        loud = loudness(text, Role.CONTRIBUTION)
        if loud >= CLEAR and loud > loudness(text, Role.BACKGROUND):
            return place
    own = (place for place, text in enumerate(texts) if re.search(r"\b(?:[Ww]e|[Oo]ur)\b", text))
    return next(own, 0)


def loudness_in_roles(text: str, *, results_began: bool) -> dict[Role, int]:
    """How loudly a sentence after the first contribution claims each role."""
    loud = {role: loudness(text, role) for role in Role}
    if loud[Role.CONTRIBUTION] < LOUD:
        loud[Role.METHOD] += min(loud[Role.CONTRIBUTION], 2)
        loud[Role.CONTRIBUTION] = 0
    if loud[Role.RESULT] < A_RESULT:
        loud[Role.RESULT] = 0
    if not results_began:
        loud[Role.METHOD] += 1
    return loud


def loudest(told: Iterable[Told], role: Role) -> Sequence[Told]:
    """The sentences that play a role most clearly, in the abstract's order."""
    players = sorted((one for one in told if one.role is role), key=lambda one: -one.loudness)
    return sorted(players[:MOST_SENTENCES], key=lambda one: one.place)
