"""The ledger of numbers: each of a draft, and where it stands in the source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isclose

from papers.summarise.draft import Draft
from papers.summarise.figures.read import Number, numbers, source_numbers
from papers.summarise.figures.write import written_like
from papers.summarise.source import SourceText

NEAR_ENOUGH = 0.006  # so that 156,240 stands on 156k
POWERS = (1, 2, 3, -1, -2, -3)  # of ten, the likeliest slip first
MANY = 1000  # from here on two numbers are not a power of ten apart by chance
MISSING = ("unsupported", "tenfold")  # states of figures that the source does not have


@dataclass(frozen=True)
class Figure:
    """A number as printed in a draft's part, from `start` to `end`, and where it stands in the
    source's text (-1: in its title, or nowhere). `proposal` is what to print instead, in the
    draft's own notation; blank where nothing is known to be better."""

    part: str
    text: str
    start: int
    end: int
    state: str  # "found", "converted", "derived", "plain", "unsupported", "tenfold"
    source_text: str = ""
    source_start: int = -1
    proposal: str = ""


def ledger(draft: Draft, source: SourceText) -> list[Figure]:
    """The figures of a draft's parts, in order."""
    stock = stock_of(source.title, source.text)
    return [
        figure(part, number, text, stock)
        for part, text in draft.parts.items()
        for number in numbers(text, draft.language)
    ]


def figure(part: str, number: Number, text: str, stock: Stock) -> Figure:
    place = (part, number.text, number.start, number.end)
    if is_plain(number, text):
        return Figure(*place, "plain")
    for state, values in meanings(number):
        if held := stock.like(number, values, percent_only=state == "derived"):
            is_other = state == "found" and digits_of(held.text) != digits_of(number.text)
            state = "converted" if is_other else state
            return Figure(*place, state, held.text, held.start)
    if slip := stock.tenfold(number):
        held, value = slip
        return Figure(*place, "tenfold", held.text, held.start, written_like(number, value))
    return Figure(*place, "unsupported")


def is_plain(number: Number, text: str) -> bool:
    """One, two, three; and what only numbers a list: (4)."""
    if not number.is_bare:
        return False
    is_listed = number.values[0] < 10 and text[number.end : number.end + 1] == ")"
    return number.values[0] in (1, 2, 3) or is_listed


def meanings(number: Number) -> Iterator[tuple[str, tuple[float, ...]]]:
    """What it may be in the source: itself; 87 % where that has 0.87, or speaks of the other 13."""
    yield "found", number.values
    if number.is_percent:
        yield "converted", tuple(value / 100 for value in number.values)
        yield "derived", tuple(100 - value for value in number.values if 0 < value < 100)
    elif 0 < number.values[0] < 1:
        yield "converted", (number.values[0] * 100,)


class Stock:
    """The numbers of a source, by size."""

    def __init__(self, title: str, text: str) -> None:
        in_title = [number._replace(start=-1) for number in source_numbers(title)]
        held = [*source_numbers(text), *in_title]
        first: dict[tuple[float, str], Number] = {}
        for number in held:
            for value in number.values:
                first.setdefault((value, number.text), number)
        ordered = sorted(first.items(), key=lambda each: each[0])
        self.sizes = [value for (value, _text), _number in ordered]
        self.held = [number for _key, number in ordered]

    def near(self, value: float) -> Iterator[tuple[float, Number]]:
        room = abs(value) * NEAR_ENOUGH
        at = bisect_left(self.sizes, value - room)
        while at < len(self.sizes) and self.sizes[at] <= value + room:
            yield self.sizes[at], self.held[at]
            at += 1

    def like(
        self, number: Number, values: tuple[float, ...], *, percent_only: bool
    ) -> Number | None:
        """Where one of the values stands: best as the very same word, then with the same sign."""
        found = [
            (value, held, size)
            for value in values
            for size, held in self.near(value)
            if is_rounded(value, size, max(number.step, held.step))
            and (held.is_percent or not percent_only)
            and may_support(held, number)
        ]
        wanted = digits_of(number.text)
        best = min(
            found,
            key=lambda each: (
                digits_of(each[1].text) != wanted,
                each[1].is_percent != number.is_percent,
                abs(each[2] - each[0]),
                each[1].start,
            ),
            default=None,
        )
        return best and best[1]

    def tenfold(self, number: Number) -> tuple[Number, float] | None:
        """What stands there with the same digits and other zeros, and its value."""
        value = number.values[0]
        for power in POWERS:
            if power != 1 and value < MANY and number.scale == 1:
                continue
            for size, held in self.near(value * 10.0**power):
                if is_telling(value, size, number) and may_support(held, number):
                    return held, size
        return None


def is_rounded(value: float, size: float, step: float) -> bool:
    """Whether two numbers near each other differ by no more than rounding: 156,240 is 156k, and
    155.1 is not 156."""
    return abs(value - size) <= step / 2 * (1 + 1e-6) or isclose(value, size, rel_tol=1e-9)


def may_support(held: Number, number: Number) -> bool:
    """Neither 70 % nor 70 times rest on LLaMA-70B."""
    return not (held.is_in_name and (number.is_percent or number.is_times))


def is_telling(value: float, size: float, number: Number) -> bool:
    """8 and 80 have nothing in common; 5.6 and 56 have, and so have 2억 and 20억."""
    digits = f"{value:.6g}".replace(".", "").strip("0")
    if number.scale >= MANY or number.is_eastern:
        return min(value, size) >= MANY
    return len(digits) > 1 and digits.isdigit()


@lru_cache(maxsize=64)
def stock_of(title: str, text: str) -> Stock:
    return Stock(title, text)


def digits_of(text: str) -> str:
    """What tells two notations of a number apart: 41% and 41 do not differ, 2B and 20억 do."""
    found = "".join(each for each in text if each.isdigit() or each == ".").lstrip("0").rstrip(".")
    scale = "".join(each for each in text if each.isalpha() and each not in "x배倍percnt")
    return found + scale if found else text
