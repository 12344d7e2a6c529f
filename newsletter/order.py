"""The order of an edition's entries: pinned ones keep their number, hidden ones their place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from newsletter.models import Edition, Entry

Key = TypeVar("Key", bound=Hashable)


def line_of(edition: Edition) -> list[Entry]:
    """All of its entries, hidden ones at the places that they would be printed at."""
    return list(edition.entries.select_related("paper").order_by("position", "pk"))


def printed_in(line: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in line if not entry.hidden]


def arranged(line: Sequence[Entry], printed: Sequence[Entry]) -> list[Entry]:
    """The line when these are printed in this order, but for what is pinned."""
    following = iter(with_pins(printed))
    return [entry if entry.hidden else next(following) for entry in line]


def with_pins(printed: Sequence[Entry]) -> list[Entry]:
    """The same entries, pinned ones at their numbers, or last where there are fewer."""
    order = [entry for entry in printed if entry.pin is None]
    pinned = [(entry.pin, entry) for entry in printed if entry.pin is not None]
    for number, entry in sorted(pinned, key=lambda pair: pair[0]):
        order.insert(number - 1, entry)
    return order


def keep_order(line: Iterable[Entry]) -> None:
    """Number the entries as they stand, and save those whose number changes."""
    moved = []
    for position, entry in enumerate(line, start=1):
        if entry.position != position:
            entry.position = position
            moved.append(entry)
    Entry.objects.bulk_update(moved, ["position"])


def keep_pins(edition: Edition) -> None:
    """Put pinned entries back to their numbers. May be repeated."""
    line = line_of(edition)
    keep_order(arranged(line, printed_in(line)))


def out_of_line(before: Sequence[Key], after: Sequence[Key]) -> set[Key]:
    """Those that were moved: as few as can be, so not the ones that a card was dragged past."""
    places = {key: place for place, key in enumerate(before)}
    follows = [places[key] for key in after if key in places]
    stayed = longest_rise(follows)
    return {key for key, place in places.items() if place in follows and place not in stayed}


def longest_rise(numbers: Sequence[int]) -> set[int]:
    """The longest run of ever larger numbers among them, where others may stand in between."""
    best: list[tuple[int, ...]] = []  # by length, the run that ends with the smallest number
    for number in numbers:
        length = bisect_left([run[-1] for run in best], number)
        best[length : length + 1] = [(*(best[length - 1] if length else ()), number)]
    return set(best[-1]) if best else set()
