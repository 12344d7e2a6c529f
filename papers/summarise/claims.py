"""Where the claims of a part stand in its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from papers.summarise.draft import Claim


@dataclass(frozen=True)
class Statement:
    """Words of a part from `start` on, and the claim that they are; None for what no claim says."""

    start: int
    text: str
    claim: Claim | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def statements(part: str, text: str, claims: Iterable[Claim]) -> Sequence[Statement]:
    """The words of a part, in order and without a gap but for blanks, each with its claim. A claim
    that does not stand there any more, or not in its turn, is left out."""
    found: list[Statement] = []
    end = 0
    for claim in claims:
        start = text.find(claim.text, end) if claim.part == part and claim.text else -1
        if start < 0:
            continue
        found += between(text, end, start)
        found.append(Statement(start, claim.text, claim))
        end = start + len(claim.text)
    return [*found, *between(text, end, len(text))]


def between(text: str, start: int, end: int) -> list[Statement]:
    """What stands there of its own, without the blanks around it."""
    words = text[start:end].strip()
    return [Statement(text.index(words, start), words)] if words else []


def standing(parts: dict[str, str], claims: Iterable[Claim]) -> list[Claim]:
    """The claims whose words still stand in their parts, as they were."""
    claims = list(claims)
    return [
        each.claim
        for part, text in parts.items()
        for each in statements(part, text, claims)
        if each.claim
    ]
