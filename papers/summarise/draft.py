"""A summary's words as writers hand them over and checks look at them, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from papers.models import Summary

PARTS = ("whats_new", "technical_details", "performance_highlights")


@dataclass(frozen=True)
class Claim:
    """A statement of a part, and the one sentence of the source that it rests on, verbatim; blank
    where none was named."""

    part: str
    text: str
    quote: str = ""


@dataclass(frozen=True)
class Draft:
    """A text to be judged: `parts` by their names, of which there may be more or fewer than the
    three of PARTS; `language` is that of the words, not of the readers."""

    language: str
    parts: Mapping[str, str]
    claims: Sequence[Claim] = field(default=())
    lead: str = ""


def draft_of(summary: Summary) -> Draft:
    """What a summary says, but for what it quotes of others."""
    parts = dict(zip(PARTS, summary.three_parts, strict=True))
    further = {label or f"further {n}": text for n, (label, text) in enumerate(summary.further)}
    return Draft(
        language=summary.text_language,
        parts=parts | further,
        claims=[Claim(**claim) for claim in summary.claims],
        lead="" if summary.lead_by else summary.lead,
    )


def draft_from(claims: Sequence[Claim], language: str) -> Draft:
    """The parts are what their claims say, in order."""
    parts = {part: " ".join(claim.text for claim in claims if claim.part == part) for part in PARTS}
    return Draft(language, parts, claims)


def text_of(summary: Summary) -> str:
    """All that it says, but for what it quotes of others."""
    lead = [] if summary.lead_by else [summary.lead]
    return "\n".join([*lead, *summary.three_parts, *(text for _label, text in summary.further)])


def stored_claims(claims: Sequence[Claim]) -> list[dict[str, str]]:
    """As the `claims` column keeps them."""
    return [asdict(claim) for claim in claims]
