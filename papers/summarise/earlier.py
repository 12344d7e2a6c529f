"""What was written of other papers lately, so that nobody writes it again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from papers.summarise.words import squeezed

LENGTH = 5  # letters of a shingle
ONE_IN = 8  # shingles are looked up; what these point at is compared in full
LIKELY = 0.15
FEWEST = 40  # shingles; less text is alike by chance


@dataclass(frozen=True)
class Likeness:
    title: str
    share: float  # of the new text that stands in the earlier one


class Earlier:
    """Texts with the titles of their papers, indexed by five-letter shingles without blanks."""

    def __init__(self, texts: Iterable[tuple[str, str]] = ()) -> None:
        self.titles: list[str] = []
        self.letters: list[str] = []
        self.holders: dict[int, list[int]] = defaultdict(list)
        for title, text in texts:
            self.add(title, text)

    def add(self, title: str, text: str) -> None:
        place, letters = len(self.titles), squeezed(text)
        self.titles.append(title)
        self.letters.append(letters)
        for mark in marks(shingles(letters)):
            self.holders[mark].append(place)

    def closest(self, text: str, title: str) -> Likeness | None:
        """The likest text of another paper; None where none is alike, or too little is said."""
        asked, own_title = shingles(squeezed(text)), squeezed(title)
        if len(asked) < FEWEST:
            return None
        sample = marks(asked)
        shared = Counter(holder for mark in sample for holder in self.holders.get(mark, ()))
        best: Likeness | None = None
        for n, count in shared.most_common(8):
            if count < LIKELY * len(sample) or squeezed(self.titles[n]) == own_title:
                continue
            share = len(asked & shingles(self.letters[n])) / len(asked)
            if best is None or share > best.share:
                best = Likeness(self.titles[n], share)
        return best


def shingles(letters: str) -> set[str]:
    return {letters[n : n + LENGTH] for n in range(len(letters) - LENGTH + 1)}


def marks(found: set[str]) -> list[int]:
    """A part of the shingles, and of the same ones always."""
    return [mark for mark in map(hash, found) if mark % ONE_IN == 0]
