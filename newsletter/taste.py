"""Which entries of an edition a reader with a taste gets, in which order, and why."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from newsletter.models import Taste

ASCII_LETTERS = re.compile(r"[a-z-]+")


@dataclass(frozen=True)
class Matter:
    """What a topic is looked for in: a paper's categories, and its texts."""

    categories: Sequence[str]
    text: str

    def is_about(self, topic: str) -> bool:
        """A category or its archive, by name; or a word, whole where it is ASCII: Korean and
        Japanese put their particles behind it."""
        names = {name.casefold() for name in self.categories}
        if topic in names or topic in {name.partition(".")[0] for name in names}:
            return True
        word = re.escape(topic)
        pattern = rf"(?<!\w){word}(?!\w)" if topic.isascii() else word
        return re.search(pattern, self.text, re.IGNORECASE) is not None


@dataclass(frozen=True)
class Selection:
    """`chosen` are places in the edition, from 0, with the topic that a place is favoured for."""

    chosen: tuple[tuple[int, str], ...]
    had_count: int
    muted_count: int
    muted_topics: tuple[str, ...]
    cut_count: int

    @property
    def key(self) -> str:
        """The same for all who get the same; blank for the whole edition as it is."""
        if self == whole(len(self.chosen)):
            return ""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:32]


def whole(count: int) -> Selection:
    return Selection(tuple((place, "") for place in range(count)), 0, 0, (), 0)


def selected(
    matters: Sequence[Matter], taste: Taste, had: Collection[int] = frozenset()
) -> Selection:
    """What the reader has had before is left out, and so are muted ones, whatever else they are
    about; favoured ones come first, and are the last to be cut. Otherwise the order stays."""
    new = [place for place in range(len(matters)) if place not in had]
    muted = {place: first_topic(matters[place], taste.muted) for place in new}
    left = [place for place, topic in muted.items() if not topic]
    topics = {place: first_topic(matters[place], taste.favoured) for place in left}
    ranked = sorted(left, key=lambda place: not topics[place])
    kept = ranked[: taste.max_entries]
    return Selection(
        chosen=tuple((place, topics[place]) for place in kept),
        had_count=len(matters) - len(new),
        muted_count=len(new) - len(left),
        muted_topics=tuple(sorted({topic for topic in muted.values() if topic})),
        cut_count=len(ranked) - len(kept),
    )


def shown(topic: str) -> str:
    """As people write it: cs.CL, and words as they are kept."""
    archive, dot, subject = topic.partition(".")
    is_category = ASCII_LETTERS.fullmatch(archive) and len(subject) == 2 and subject.isalpha()
    return f"{archive}{dot}{subject.upper()}" if is_category else topic


def first_topic(matter: Matter, topics: Sequence[str]) -> str:
    return next((topic for topic in topics if matter.is_about(topic)), "")
