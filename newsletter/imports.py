"""Readers' files by the desk: brought, looked at, approved, taken in; by any machine's worker.

The rows lie in the database, since web and worker may share no disk, and since nothing else of a
reader's lies on one. A worker may be killed anywhere: a piece and what came of it are one
transaction.
"""

from __future__ import annotations

import json
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsletter import stopping
from newsletter.intake import BadFile, Intake, Rejected, Report, Row
from newsletter.intake.keep import take
from newsletter.intake.read import Piece, pieces
from newsletter.models import Import, ImportPiece, Newsletter

SECONDS = 30  # a turn of a worker's
PIECES_AT_ONCE = 50  # written by one statement
WAITS_FOR_A_WORD = timedelta(days=1)  # then the rows are removed
TAKES_AT_MOST = timedelta(days=3)  # what is not over by then fails each time
REASONS_STAY = timedelta(days=30)

State = Import.State
IS_UNFINISHED = Q(state__in=Import.UNFINISHED)


def bring(file: BinaryIO, brought: Import) -> None:
    """Keep a file's rows, of each only what we use, and no longer than it takes. Raises BadFile,
    and nothing is kept.

    All is read before anything is written, ten octets a row: SQLite has one writer at a time.
    """
    intake_of(brought)
    kept: list[ImportPiece] = []
    for piece in pieces(file):
        kept.append(ImportPiece(part_of=brought, position=len(kept), rows=packed(piece)))
        brought.row_count += len(piece)
    if not kept:
        raise BadFile(_("There is nobody in it."))
    brought.piece_count = len(kept)
    with transaction.atomic():
        brought.save()
        ImportPiece.objects.bulk_create(kept, batch_size=PIECES_AT_ONCE)


def due() -> QuerySet[Import]:
    """Those of a newsletter that was taken out of print rest until it is back, if that is soon."""
    takers = Newsletter.objects.taking_readers()
    return Import.objects.filter(state__in=Import.WORKING, newsletter__in=takers)


def work(import_id: int) -> bool:
    """Look at pieces, or take them in, for a turn; whether there may be more. May be repeated, also
    by two at once."""
    ends_at = time.monotonic() + SECONDS
    while step(import_id):
        if time.monotonic() > ends_at or stopping.asked.is_set():
            return True
    return False


@transaction.atomic
def step(import_id: int) -> bool:
    """One piece, whole or not at all; False where there is none, or somebody is at it."""
    mine = due().filter(pk=import_id).select_related("newsletter")
    found = mine.select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        return False
    piece = found.pieces.get(position=found.position)
    ask_from = max(found.ask_from or timezone.now(), timezone.now())
    with override(found.language):
        report, found.ask_from = take(unpacked(piece.rows), intake_of(found), ask_from)
    if found.state == State.CHECKING:
        keep_reasons(piece, report.rejected)
        found.expected = summed(found.expected, report)
    else:
        found.counts = summed(found.counts, report)
    found.position += 1
    if found.position == found.piece_count:
        turn(found)
    found.save()
    return found.state in Import.WORKING


def turn(found: Import) -> None:
    """From the last piece on: to whoever decides, or over."""
    found.position = 0
    if found.state == State.CHECKING:
        found.state = State.CHECKED
    else:
        found.state, found.ended_at = State.DONE, timezone.now()
        remove_rows(found)


def approve(found: Import, by: User) -> bool:
    """Let it be taken in; False if it is not to be approved, or no more."""
    waiting = Import.objects.filter(pk=found.pk, state=State.CHECKED)
    moved = {"state": State.TAKING, "approved_at": timezone.now(), "approved_by": by}
    return waiting.update(**moved) == 1


@transaction.atomic
def cancel(found: Import, where: Q = IS_UNFINISHED) -> bool:
    """Take in nobody, or nobody more; False if it is over, or no more so. Whoever was taken in
    stays."""
    still = Import.objects.filter(where, pk=found.pk)
    if not still.update(state=State.CANCELLED, ended_at=timezone.now()):
        return False
    remove_rows(found)
    return True


def forget_old(now: datetime) -> None:
    """Nobody's rows wait for ever, and reasons are of use for a while only."""
    waits = Q(state=State.CHECKED, created_at__lt=now - WAITS_FOR_A_WORD)
    is_stuck = Q(state__in=Import.WORKING, created_at__lt=now - TAKES_AT_MOST)
    for late in Import.objects.filter(waits | is_stuck):
        cancel(late, waits | is_stuck)
    ImportPiece.objects.filter(part_of__ended_at__lt=now - REASONS_STAY).delete()


def remove_rows(found: Import) -> None:
    found.pieces.filter(rejected=[]).delete()
    found.pieces.update(rows=None)


def rejected(found: Import) -> Iterator[Rejected]:
    """Row by row, in the file's order."""
    wrong = found.pieces.exclude(rejected=[]).order_by("position")
    for reasons in wrong.values_list("rejected", flat=True).iterator(chunk_size=1):
        yield from (Rejected(line, reason) for line, reason in reasons)


def keep_reasons(piece: ImportPiece, rejected: Iterable[Rejected]) -> None:
    piece.rejected = [[each.line, each.reason] for each in rejected]
    if piece.rejected:
        piece.save(update_fields=["rejected"])


def intake_of(found: Import) -> Intake:
    is_dry = found.state == State.CHECKING
    return Intake(found.newsletter, found.wording, found.is_confirmed, is_dry)


def summed(counts: dict[str, int], report: Report) -> dict[str, int]:
    return dict(Counter(counts) + report.counts)


def packed(piece: Piece) -> bytes:
    rows = [[row.line, row.cells if isinstance(row, Row) else row.reason] for row in piece]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode())


def unpacked(octets: bytes | memoryview | None) -> Piece:
    rows = json.loads(zlib.decompress(octets or b""))
    return [Rejected(line, it) if isinstance(it, str) else Row(line, it) for line, it in rows]
