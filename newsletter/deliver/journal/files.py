"""The journal in files: one a slice, in a folder a ledger of settings.JOURNAL_DIR, locked by its
sender. Of another ledger, whose slices count from one as well, nothing is ever read."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from newsletter.deliver.armed import ledger_id
from newsletter.deliver.journal import lines
from newsletter.deliver.journal.lines import Notes, StillHeld
from newsletter.outcome import Result

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
COUNT = b"%010d\n"
KEPT = 600  # seconds that a settled slice's file stays, should the database forget what it was told


class FileJournal:
    """A line is in the kernel's hands when a method returns: it outlives the process, not the
    power. The lock on the file (flock) is the kernel's, too, and ends with the process.

    At the top stands how many lines there are, so that one that is cut short is told.
    """

    def __init__(self) -> None:
        self.place = f"file:{folder_id()}"
        self.descriptor: int | None = None
        self.count = 0

    @cached_property
    def folder(self) -> Path:
        return Path(settings.JOURNAL_DIR) / ledger_id()

    def path_of(self, fence: int) -> Path:
        return self.folder / f"{fence}.journal"

    def begin(self, fence: int) -> None:
        self.close()
        make_folder(settings.JOURNAL_DIR)
        make_folder(self.folder)
        self.descriptor = os.open(self.path_of(fence), os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if notes_of(self.path_of(fence), fence).started:
            self.close()
            raise FileExistsError(f"slice {fence} has left already; the database has forgotten it")
        os.ftruncate(self.descriptor, 0)
        os.write(self.descriptor, COUNT % 0)
        self.count = 0
        self.write([lines.first_line(fence, place(self.descriptor))])

    def starting(self, delivery_ids: Iterable[int]) -> None:
        self.write([lines.start_line(each) for each in delivery_ids])

    def came_back(self, delivery_id: int, result: Result) -> None:
        self.write([lines.outcome_line(delivery_id, result)])

    def write(self, texts: Sequence[bytes]) -> None:
        assert self.descriptor is not None  # `begin` came first
        text = b"".join(texts)
        if os.write(self.descriptor, text) != len(text):
            raise OSError("the journal's disk is full")
        self.count += len(texts)
        os.pwrite(self.descriptor, COUNT % self.count, 0)

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    @contextmanager
    def taken_over(self, fence: int) -> Iterator[Notes]:
        try:
            file = self.path_of(fence).open("rb")
        except FileNotFoundError:
            yield Notes()
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StillHeld(f"slice {fence} is in the hands of a living sender") from None
            yield notes_of(self.path_of(fence), fence)

    def kept(self) -> list[int]:
        files = [each for each in self.folder.glob("*.journal") if each.is_file()]
        return sorted(int(each.stem) for each in files if each.stem.isdecimal())

    def forget(self, fence: int) -> None:
        with suppress(FileNotFoundError):
            if self.path_of(fence).stat().st_mtime < time.time() - KEPT:
                self.discard(fence)

    def discard(self, fence: int) -> None:
        self.path_of(fence).unlink(missing_ok=True)


def notes_of(path: Path, fence: int) -> Notes:
    with path.open("rb") as file:
        counted = file.readline().strip()
        count = int(counted) if counted.isdigit() else sys.maxsize
        return lines.read(file, fence, place(file.fileno()), count)


def place(descriptor: int) -> str:
    """This boot of the machine and this very file. Blank where the system does not tell: there,
    a crash of the machine cannot be told from a crash of the sender."""
    try:
        return f"{BOOT_ID.read_text().strip()} {os.fstat(descriptor).st_ino}"
    except OSError:
        return ""


def folder_id() -> str:
    """What this folder is told apart by from those of other machines."""
    path = settings.JOURNAL_DIR / "id"
    if not path.exists():
        make_folder(settings.JOURNAL_DIR)
        aside = path.with_suffix(f".{uuid4().hex}")
        aside.write_text(uuid4().hex)
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
    return str(path.read_text())


def make_folder(path: Path) -> None:
    """Raises NotADirectoryError, since FileExistsError says something else of a journal."""
    try:
        path.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(f"{path} is no folder") from error
