"""Errors planted into answers: what a model does wrong, each kind by itself.

Numbers are changed where the very same digits stand in the source, so that it is known that they
were right. Into what is drawn by lot, which is the answer's own: every run draws the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from papers.summarise.draft import Draft
from papers.summarise.source import SourceText

NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\d-])(?![.,]\d)")
PLAIN = ("0", "1", "2", "3")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
FOREIGN = {"быстро": "Cyrillic", "性能": "Han"}
LINK = "https://lost-parcels.example/now"

Change = Callable[[str, Random], str]


@dataclass(frozen=True)
class Planted:
    kind: str
    draft: Draft
    source: SourceText
    what: str  # the string that was put in, or what was taken out


def planted(draft: Draft, source: SourceText, others: Sequence[SourceText]) -> Iterator[Planted]:
    """Each kind where the draft has room for it: a swap for each of `others`, wrong numbers at each
    place of a right one, anything else once."""
    lot = Random(f"{source.sha256} {draft.language}")
    for other in others:
        yield Planted("swap", draft, other, other.title)
    yield from wrong_numbers(draft, source, lot)
    yield Planted("empty source", draft, replace(source, text=""), "")
    yield from wrong_forms(draft, source, lot)


def wrong_numbers(draft: Draft, source: SourceText, lot: Random) -> Iterator[Planted]:
    right = set(NUMBER.findall(f"{source.title}\n{source.text}"))
    places = [
        (part, found)
        for part, text in draft.parts.items()
        for found in NUMBER.finditer(text)
        if found[0] in right and found[0] not in PLAIN
    ]
    for part, found in places:
        for kind, change in CHANGES.items():
            wrong = change(found[0], lot)
            text = draft.parts[part]
            text = text[: found.start()] + wrong + text[found.end() :]
            yield Planted(kind, with_part(draft, part, text), source, f"{found[0]} → {wrong}")


def other_digit(number: str, lot: Random) -> str:
    place = lot.choice([n for n, letter in enumerate(number) if letter.isdigit()])
    digit = lot.choice([each for each in "123456789" if each != number[place]])
    return number[:place] + digit + number[place + 1 :]


def ten_times(number: str, lot: Random) -> str:
    return printed(float(number.replace(",", "")) * 10, max(decimals(number) - 1, 0), number)


def a_sixth_more(number: str, lot: Random) -> str:
    return printed(float(number.replace(",", "")) * 1.17, decimals(number), number)


CHANGES: Mapping[str, Change] = {
    "number: a digit": other_digit,
    "number: ten-fold": ten_times,
    "number: 17 % more": a_sixth_more,
}


def printed(value: float, places: int, like: str) -> str:
    return f"{value:,.{places}f}" if "," in like else f"{value:.{places}f}"


def decimals(number: str) -> int:
    return len(number.partition(".")[2])


def wrong_forms(draft: Draft, source: SourceText, lot: Random) -> Iterator[Planted]:
    filled = [part for part, text in draft.parts.items() if text.strip()]
    if not filled:
        return
    last, text = filled[-1], draft.parts[filled[-1]]
    if cut := cut_short(text):
        yield Planted("cut ending", with_part(draft, last, cut), source, cut[-20:])
    word = lot.choice(list(FOREIGN))
    first, space, rest = text.partition(" ")
    if space and word not in source.text:
        yield Planted(
            "foreign word", with_part(draft, last, f"{first} {word} {rest}"), source, word
        )
    if len(filled) > 1:
        kept = {part: text for part, text in draft.parts.items() if part != last}
        yield Planted("missing part", replace(draft, parts=kept), source, last)
    linked = SENTENCE_END.sub(f" ({LINK}).", text, count=1)
    if linked != text:
        yield Planted("link", with_part(draft, last, linked), source, LINK)


def cut_short(text: str) -> str:
    """As an answer is cut that was too long: in its second half, within a sentence."""
    begun = int(len(text) * 0.6)
    blanks = (n for n, letter in enumerate(text) if n > begun and letter == " ")
    return next((text[:n].rstrip(",;: ") for n in blanks if text[n - 1] not in ".!?"), "")


def with_part(draft: Draft, part: str, text: str) -> Draft:
    return replace(draft, parts={**draft.parts, part: text}, claims=())
