"""When the database has forgotten what it was told: a standby that took over too early, or a
backup that was played back. What it forgot was sent would be sent again."""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.db.models import Min
from django.db.models.functions import Now

from newsletter import channels
from newsletter.deliver import dialect, ledger
from newsletter.deliver.journal import Journal, Notes, StillHeld, open_journal
from newsletter.models import Delivery, Edition, Slice

logger = logging.getLogger(__name__)

PROMOTED = (
    "The database is on another timeline than before: a standby has taken over, or a backup was "
    "played back. What was sent in its last seconds may look unsent. Check with verify_edition "
    "and with the provider, then let it go on."
)
FORGOTTEN = (
    "The database has forgotten {count} slices that the journals know of. What they note as sent "
    "is written down again. Check with verify_edition, then let it go on."
)


def hold_if_forgotten(edition: Edition) -> None:
    """Put an edition on hold whose database went back in time, and write down again what the
    journals that lie here know. May be repeated."""
    hold_if_promoted(edition)
    journal = open_journal()
    forgotten = [fence for fence in unknown(journal) if write_again(fence, journal)]
    if forgotten:
        edition.hold(FORGOTTEN.format(count=len(forgotten)))
        logger.error("forgotten slices=%s edition=%s", forgotten, edition.pk)


def hold_if_promoted(edition: Edition) -> None:
    """Each edition knows the timeline of its newest look; a new one is somebody's to check."""
    found = timeline()
    if edition.db_timeline and edition.db_timeline != found:
        edition.hold(PROMOTED)
    if edition.db_timeline != found:
        Edition.objects.filter(pk=edition.pk).update(db_timeline=found)
        edition.refresh_from_db()


def timeline() -> str:
    """PostgreSQL's, as it stands in the names of its log files; SQLite has none."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)")
        return str(cursor.fetchone()[0])


def unknown(journal: Journal) -> list[int]:
    """Slices that have a journal here and no row; those settled long enough lose theirs. What is
    older than any slice that has a row was pruned, and not forgotten."""
    kept = journal.kept()
    known = dict(Slice.objects.filter(pk__in=kept).values_list("pk", "settled_at"))
    for fence, settled_at in known.items():
        if settled_at:
            journal.forget(fence)
    oldest = Slice.objects.aggregate(oldest=Min("pk"))["oldest"] or 0
    return [fence for fence in kept if fence not in known and fence > oldest]


def write_again(fence: int, journal: Journal) -> bool:
    """Settle by the notes what is pending again though it left. False where nothing had left, the
    sender having died before its commit, or where the claim was committed since we looked."""
    try:
        with journal.taken_over(fence) as notes:
            if Slice.objects.filter(pk=fence).exists():
                return False
            if notes.started:
                correct(fence, notes)
            journal.discard(fence)
    except StillHeld:
        return False
    return bool(notes.started)


def correct(fence: int, notes: Notes) -> None:
    left = Delivery.objects.filter(pk__in=notes.started, fence__lt=fence)
    rows = dict(left.filter(state=Delivery.State.PENDING).values_list("pk", "edition"))
    if not rows:
        return
    results = {key: result for key, result in notes.results.items() if key in rows}
    with transaction.atomic():
        taken = remember(fence, next(iter(rows.values())), len(rows))
        ours = Delivery.objects.filter(pk__in=rows, state=Delivery.State.PENDING)
        ours.update(fence=fence, state=Delivery.State.SENDING)
        ledger.settle(taken, ledger.Outcomes(results, set(rows)))
    dialect.skip_slices(fence)


def remember(fence: int, edition_id: int, size: int) -> Slice:
    """Give it a row again: what is in doubt is settled slice by slice. When it was claimed, and
    for which channel, is told from the slice before it; where it led nobody knows any more."""
    before = Slice.objects.filter(edition=edition_id, pk__lt=fence).order_by("pk").last()
    return Slice.objects.create(
        pk=fence,
        edition_id=edition_id,
        channel=before.channel if before else channels.configured()[0],
        claimed_at=before.claimed_at if before else Now(),
        owner="forgotten",
        lease_until=Now(),
        size=size,
    )
