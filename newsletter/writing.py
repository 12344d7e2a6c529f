"""Which drafts have extracts where language models were to write, and having them asked again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from newsletter.models import Edition, Entry
from papers.models import Paper, Summary
from papers.summarise import TRY_AGAIN, summarise
from papers.summarise.judging import keep_lapsed

SECONDS = 240  # a turn; a build's, too, and its claim lasts for longer
LEAST_SECONDS = 60  # of a build whose send time is near, or over
AGAIN_AFTER = timedelta(minutes=15)  # by the clock, while nobody has touched the draft


def seconds_to_write(edition: Edition, now: datetime) -> float:
    """How long a build may wait for the models: not beyond its send time, if that can be."""
    if not settings.LLM_MODELS:
        return 0
    if edition.not_before is None:
        return SECONDS
    left = (edition.not_before - now).total_seconds()
    return min(SECONDS, max(LEAST_SECONDS, left))


def is_touched(edition: Edition) -> bool:
    return edition.curated_at is not None or edition.entries.exclude(touched_at=None).exists()


def writings_due(now: datetime) -> list[Edition]:
    """Drafts that no editor has touched, and that nobody holds: an editor's draft changes
    only when the editor asks."""
    if not settings.LLM_MODELS:
        return []
    entries = Entry.objects.filter(edition=OuterRef("pk"))
    extracts = Summary.objects.filter(
        paper=OuterRef("paper"), writer=Summary.Writer.EXTRACT, why_extract__in=TRY_AGAIN
    )
    due = Edition.objects.filter(
        Exists(entries.filter(Exists(extracts), hidden=False)),
        ~Exists(entries.exclude(touched_at=None)),
        state=Edition.State.DRAFT,
        curated_at=None,
        hold_reason="",
        expires_at__gt=now,
    )
    return [edition for edition in due.select_related("newsletter") if lacks_words(edition)]


def lacks_words(edition: Edition) -> bool:
    """In one of its own languages."""
    return Summary.objects.filter(
        paper__entries__in=edition.entries.filter(hidden=False),
        language__in=edition.languages,
        writer=Summary.Writer.EXTRACT,
        why_extract__in=TRY_AGAIN,
    ).exists()


def write_summaries(edition: Edition, paper_ids: Collection[int] | None = None) -> bool:
    """Have the models asked for what a draft lacks, for a turn: for the papers that an editor asked
    for, or for all where no editor has touched it. True: there is more to write."""
    if edition.state != Edition.State.DRAFT or (paper_ids is None and is_touched(edition)):
        return False
    entries = edition.printed_entries()
    if paper_ids is not None:
        entries = entries.filter(paper__in=paper_ids)
    papers = Paper.objects.filter(entries__in=entries).order_by("entries__position")
    told = summarise(papers, edition.languages, seconds=SECONDS)
    return bool(told.by_model and told.late)


def judge_summaries(edition: Edition) -> None:
    """Have what was said of an edition's summaries said anew where it does not stand any more,
    among the other papers as no page does it."""
    keep_lapsed(
        Summary.objects.select_related("paper").filter(
            paper__entries__in=edition.printed_entries(), language__in=edition.languages
        )
    )
