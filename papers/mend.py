"""Mend: what an editor does about a summary, by hand or at one click; each makes it the editor's,
stays in its history, and can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from papers.models import Summary
from papers.revise import Overtaken, revise
from papers.summarise.claims import standing, statements
from papers.summarise.draft import PARTS, Claim, draft_of, stored_claims
from papers.summarise.figures import Figure, ledger
from papers.summarise.judging import abstract_of, read_from
from papers.summarise.rows import fill
from papers.summarise.source import keep_reading
from papers.summarise.writer import Work, write_extract

if TYPE_CHECKING:
    from django.contrib.auth.models import User

IN_PLACE = ("lead", *PARTS)  # the parts whose words an editor can change


def rewrite(
    summary: Summary, editor: User, seen_at: datetime | None, changed: Collection[str]
) -> None:
    """Keep what an editor typed, unsaved so far, in these of its parts. Raises Overtaken."""
    if "lead" in changed:
        summary.lead_by = ""
    sign(summary, editor)
    revise(summary, editor, seen_at)


def put_figure(
    summary: Summary, place: tuple[str, int], editor: User, seen_at: datetime | None
) -> Figure:
    """Print what is proposed in place of the figure that begins there in a part; what its claim
    rests on stays. Raises Overtaken where the text is not the one that was seen, or nothing is
    proposed there."""
    figure = next((each for each in mendable(summary) if (each.part, each.start) == place), None)
    if figure is None or seen_at is None:
        raise Overtaken
    text = getattr(summary, figure.part)
    claims = [with_figure(claim, text, figure) for claim in draft_of(summary).claims]
    setattr(summary, figure.part, text[: figure.start] + figure.proposal + text[figure.end :])
    summary.claims = stored_claims(claims)
    rewrite(summary, editor, seen_at, changed=())
    return figure


def mendable(summary: Summary) -> list[Figure]:
    """Figures for which something better is proposed, in words that an editor can change."""
    figures = ledger(draft_of(summary), read_from(summary))
    return [each for each in figures if each.proposal and each.part in IN_PLACE]


def with_figure(claim: Claim, text: str, figure: Figure) -> Claim:
    """The claim as it is once its figure is mended; as it was where the figure is not in it."""
    if claim.part != figure.part:
        return claim
    for each in statements(figure.part, text, [claim]):
        if each.claim and each.start <= figure.start and figure.end <= each.end:
            start, end = figure.start - each.start, figure.end - each.start
            return replace(claim, text=claim.text[:start] + figure.proposal + claim.text[end:])
    return claim


def use_excerpt(summary: Summary, editor: User, seen_at: datetime | None) -> None:
    """Put sentences of the authors' abstract in its place. Raises Overtaken, or CannotWrite."""
    if seen_at is None:
        raise Overtaken
    source = abstract_of(summary)
    fill(summary, Work(summary.paper, source, summary.language), write_extract(source))
    keep_reading(summary.paper, source)
    revise(summary, editor, seen_at)


def sign(summary: Summary, editor: User) -> None:
    """Make it the editor's, in the summary's language, held against what the editor saw beside it,
    which is kept. What its claims rest on stays with those that still stand."""
    source = read_from(summary)
    keep_reading(summary.paper, source)
    parts = {part: getattr(summary, part) for part in IN_PLACE}
    claims = standing(parts, draft_of(summary).claims)
    summary.writer, summary.writer_name = Summary.Writer.EDITOR, editor.get_username()
    summary.text_language = summary.language
    summary.source_kind, summary.source_length = source.kind, source.length
    summary.source_sha256 = source.sha256
    summary.claims, summary.receipt, summary.why_extract = stored_claims(claims), None, ""
    summary.written_at = timezone.now()
