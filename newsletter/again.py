"""Again: an editor has a language model write a summary anew, which a worker does."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from newsletter import clock, quota
from newsletter.printing import approved_editions
from papers.models import Summary
from papers.revise import kept, record
from papers.summarise import ask_again

logger = logging.getLogger(__name__)

WAITS = timedelta(minutes=10)  # that a worker has for it at least; then it may be asked for anew


def ask(summary_id: int, now: datetime) -> bool:
    """Note that it is asked for; False where it is already, and nobody is done with it."""
    return not is_asked(summary_id, now) and quota.take(name_of(summary_id), 1, WAITS, now)


def is_asked(summary_id: int, now: datetime) -> bool:
    """Whether a worker has it, or is to get it; a lost wake-up is forgotten after a while."""
    return any(quota.taken(name_of(summary_id), WAITS, each) for each in windows(now))


def write_again(summary_id: int) -> None:
    """Have it written, unless an approved edition prints it meanwhile. What stood before is kept in
    its history, and drafts that print it are a new version."""
    summary = Summary.objects.select_related("paper").get(pk=summary_id)
    before = kept(summary)
    try:
        if approved_editions(summary.paper_id):
            return
        why_not = ask_again(summary)
        logger.info("again summary=%s why_not=%s", summary_id, why_not)
        summary.refresh_from_db()
        if not why_not and summary.writer == Summary.Writer.MODEL:
            record(summary, before, None)
    finally:
        for window in windows(clock.now()):
            quota.give_back(name_of(summary_id), WAITS, window)


def windows(now: datetime) -> tuple[datetime, datetime]:
    """A quota's windows follow each other: it may have been asked for in the one before."""
    return now, now - WAITS


def name_of(summary_id: int) -> str:
    return f"write again {summary_id}"
