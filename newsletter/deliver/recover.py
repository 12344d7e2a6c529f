"""Recover: settle the slices of dead senders by what their journals say.

Liveness is told by locks, never by a clock. Where the journal can be read, whoever holds its lock
knows that its sender is dead, and how far it came. Where it cannot, the sender has to be dead by
its own lock, and its lease to be over, so that a machine that only starts again can come first;
then the whole slice is in doubt.
"""

from __future__ import annotations

import logging

from newsletter import clock
from newsletter.deliver import ledger, liveness
from newsletter.deliver.journal import Journal, Notes, StillHeld, open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import Slice

logger = logging.getLogger(__name__)


def recover_abandoned() -> None:
    """Settle what dead senders left. May be repeated, and by several at once."""
    unsettled = Slice.objects.filter(settled_at=None).select_related("edition")
    abandoned = [taken for taken in unsettled if not liveness.is_alive(taken.owner)]
    if not abandoned:
        return
    try:
        journal = open_journal()
    except OSError as error:
        logger.error("recover: the journals cannot be read: %r", error)
        return
    for taken in abandoned:
        recover(taken, journal)


def recover(taken: Slice, journal: Journal) -> None:
    if taken.journal == journal.place:
        try:
            with journal.taken_over(taken.pk) as notes:
                conclude(taken, notes)
            return
        except StillHeld as alive:
            logger.info("recover: %s", alive)
            return
        except OSError as error:  # as unreadable as another machine's
            logger.error("recover slice=%s: its journal cannot be read: %r", taken.pk, error)
    if taken.lease_until < clock.now():
        conclude(taken, Notes())


def conclude(taken: Slice, notes: Notes) -> None:
    """Settle by the notes; those that are not whole only widen what is in doubt."""
    outcomes = Outcomes(notes.results, notes.started, all_may_have_left=not notes.is_whole)
    ledger.settle(taken, outcomes)
    logger.warning(
        "recovered slice=%s size=%s started=%s outcomes=%s whole=%s",
        *(taken.pk, taken.size, len(notes.started), len(notes.results), notes.is_whole),
    )
