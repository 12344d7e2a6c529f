"""What a check says of an edition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from django.utils.functional import Promise

from newsletter.preflight.material import Material


class Level(Enum):
    WARNING = "warning"  # somebody should look
    STOP = "stop"  # it is not approved, unless a named editor says so


@dataclass(frozen=True)
class Finding:
    """Something that is not right, in the active language; a check that finds nothing is passed.

    `seen` is what was judged: who overrides a stop does so for just that. `url` is where more is
    said of it, and it can be mended.
    """

    level: Level
    sentence: str
    seen: str = ""
    check: str = ""  # its name, given by the check itself
    url: str = ""

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(f"{self.check}\0{self.seen}".encode()).hexdigest()


@dataclass(frozen=True)
class Check:
    name: str  # kept with overrides: never changed
    label: Promise
    look: Callable[[Material], Iterable[Finding]]

    def findings(self, material: Material) -> Iterator[Finding]:
        return (replace(each, check=self.name) for each in self.look(material))


def listed(numbers: Iterable[int]) -> str:
    """Of papers, as their cards have them."""
    return ", ".join(map(str, numbers))
