"""Readers who come from elsewhere, in a file: checked row by row, written by the thousand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from django.utils import timezone

from newsletter.intake.keep import KINDS, Intake, Report, take
from newsletter.intake.read import BadFile, Rejected, Row, as_csv, pieces

__all__ = [
    "KINDS",
    "BadFile",
    "Intake",
    "Rejected",
    "Report",
    "Row",
    "as_csv",
    "import_subscribers",
]


def import_subscribers(file: BinaryIO, intake: Intake) -> Iterator[Report]:
    """A report each few thousand rows, of those rows. May be repeated: who is there stays as they
    are, and so does who has left, or is suppressed.

    Each whom the intake or the row does not call confirmed is asked once, in turn
    (`newsletter.intake.turns`). Raises BadFile where a file, or the rest of it, cannot be read.
    """
    due_at = timezone.now()
    for piece in pieces(file):
        report, due_at = take(piece, intake, due_at)
        yield report
