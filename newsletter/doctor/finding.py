"""What a check may find, and how it is told: what is wrong, what that stops, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise

Fact = str | int


class Level(Enum):
    """How bad it is. What cannot be known harms nothing; only what stops mail is a failure."""

    STOP = "stop"
    WARNING = "warning"
    UNKNOWN = "unknown"
    OK = "ok"


@dataclass(frozen=True)
class Finding:
    """One thing that was found. Its name and its facts can be kept; its words follow from them, in
    the active language."""

    name: str
    level: Level
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def wrong(self) -> str:
        return str(AILMENTS[self.name].wrong) % self.facts

    @property
    def stops(self) -> str:
        return str(AILMENTS[self.name].stops) % self.facts

    @property
    def remedy(self) -> str:
        return str(AILMENTS[self.name].remedy) % self.facts


@dataclass(frozen=True)
class Ailment:
    """A kind of finding, under a name that stays: kept findings and programs refer to it."""

    name: str
    level: Level
    wrong: Promise
    stops: Promise
    remedy: Promise

    def __post_init__(self) -> None:
        AILMENTS[self.name] = self

    def found(self, level: Level | None = None, /, **facts: Fact) -> Finding:
        return Finding(self.name, level or self.level, facts)


AILMENTS: dict[str, Ailment] = {}


@dataclass(frozen=True)
class Question:
    """Something to ask the network, beside all others, with nothing from the database. What has
    not been answered in time is not known."""

    about: str
    ask: Callable[[], Iterable[Finding]]


Look = Callable[[], Iterable[Finding | Question]]


@dataclass(frozen=True)
class Check:
    """One look. Whoever may look at `area`, a model, may read what it finds."""

    name: str
    area: str
    fine: Promise  # what is so when nothing is found
    look: Look


def check(area: str, fine: Promise) -> Callable[[Look], Check]:
    """Makes a check of a function, under its name."""

    def made(look: Look) -> Check:
        return Check(look.__name__, area, fine, look)

    return made
