"""The journal: what a sender did with its slice, noted at once, to be read if it dies.

Each sender writes its own, into a file or, where the worker's disk does not outlive it, into Redis
(JOURNAL_URL). docs/delivery.md says what is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from newsletter.deliver.journal.lines import Fenced, Notes, StillHeld
from newsletter.outcome import Result

__all__ = ["Fenced", "Journal", "Notes", "StillHeld", "open_journal"]


class Journal(Protocol):
    """Where one sender notes what it does with the slice that it has in hand.

    `place` names where it can be read: the same text, the same reader. A line is kept when a
    method returns. Every method raises OSError when it cannot be: then nothing more may leave.
    """

    place: str

    def begin(self, fence: int) -> None:
        """Start on a slice; to be called before its claim is committed, so that no slice is ever
        without a journal. Raises FileExistsError when a slice of that number has left already."""

    def starting(self, delivery_ids: Iterable[int]) -> None:
        """From now on these may have left."""

    def came_back(self, delivery_id: int, result: Result) -> None:
        """What became of one."""

    def close(self) -> None:
        """Let go of the slice in hand. May be repeated."""

    def taken_over(self, fence: int) -> AbstractContextManager[Notes]:
        """What was noted of a slice whose sender is dead; nobody else reads it meanwhile, and its
        sender, should it live after all, can note nothing more. Raises StillHeld."""

    def kept(self) -> list[int]:
        """The slices, begun by whomever, of which notes lie here."""

    def forget(self, fence: int) -> None:
        """Remove the notes of a settled slice after a while. May be repeated."""

    def discard(self, fence: int) -> None:
        """Remove the notes of a slice at once. May be repeated."""


def open_journal() -> Journal:
    """The one that the settings ask for; of the other, nothing is loaded."""
    kind = "redis.RedisJournal" if settings.JOURNAL_URL else "files.FileJournal"
    journal: Journal = import_string(f"newsletter.deliver.journal.{kind}")()
    return journal
