"""The mailbox that bounces come back to, for those whose relay has no webhooks.

A report is written down and then removed; what is none, a reader's answer perhaps, stays there,
marked as seen, for a person to read.
"""

from __future__ import annotations

import imaplib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from newsletter import clock
from newsletter.track import alarm
from newsletter.track.bounces import read_bounce
from newsletter.track.events import record
from newsletter.track.said import MALFORMED, Said

logger = logging.getLogger(__name__)

AT_ONCE = 500  # mails of a turn
TOGETHER = 50  # in a transaction
LONGEST = 1_000_000  # octets; a report is short
SECONDS = 30
PORTS = {"imap": 143, "imaps": 993}


class Box(Protocol):
    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """Mails that nobody has looked at, with a key each."""

    def remove(self, key: str) -> None: ...

    def keep(self, key: str) -> None:
        """Mark it as seen."""


def read_bounces() -> int:
    """Read what has come back, if there is a mailbox for it; how many events were new.

    May be repeated, and by several at once: a mail is removed after its event is kept, and counts
    once. Raises OSError, imaplib's errors among them, where the mailbox cannot be read.
    """
    if not settings.BOUNCE_MAILBOX:
        return 0
    count = 0
    with opened(settings.BOUNCE_MAILBOX) as box:
        unseen = box.unseen()
        while mails := list(islice(unseen, TOGETHER)):
            count += take(mails, box)
    if count:
        alarm.look()
    logger.info("bounces: %s new", count)
    return count


def take(mails: Sequence[tuple[str, bytes]], box: Box) -> int:
    """Keep what they tell, in one transaction, and only then remove those that told something."""
    told = {key: read(octets) for key, octets in mails}
    count = record([said for said in told.values() if said])
    for key, said in told.items():
        if said:
            box.remove(key)
        else:
            box.keep(key)
    return count


def read(octets: bytes) -> Said | None:
    """None for what a person has to read; also what nobody could read: it stops no other."""
    try:
        return read_bounce(octets, clock.now())
    except MALFORMED as error:
        logger.warning("bounces: a mail that cannot be read stays there: %s", type(error).__name__)
        return None


@contextmanager
def opened(url: str) -> Iterator[Box]:
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield Maildir(unquote(parts.path))
        return
    kind = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    port = parts.port or PORTS[parts.scheme]
    try:
        with kind(parts.hostname or "localhost", port, timeout=SECONDS) as connection:
            enter(connection, parts)
            yield Imap(connection)
            connection.expunge()
    except imaplib.IMAP4.error as error:
        raise OSError(f"the mailbox for bounces: {error}") from error


def enter(connection: imaplib.IMAP4, parts: SplitResult) -> None:
    """Log in, and select the folder of the URL's path; INBOX without one."""
    connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
    status, _ = connection.select(quoted(unquote(parts.path.strip("/")) or "INBOX"))
    if status != "OK":
        raise imaplib.IMAP4.error("there is no such folder")


def quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Imap:
    """A selected folder (RFC 9051)."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        _, found = self.connection.uid("SEARCH", "UNSEEN", "UNDELETED")
        for key in found[0].split()[:AT_ONCE] if found and found[0] else []:
            _, parts = self.connection.uid("FETCH", key, f"(BODY.PEEK[]<0.{LONGEST}>)")
            octets = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if octets is not None:  # else somebody has removed it meanwhile
                yield key.decode(), octets

    def remove(self, key: str) -> None:
        self.connection.uid("STORE", key, "+FLAGS.SILENT", "(\\Deleted)")

    def keep(self, key: str) -> None:
        self.connection.uid("STORE", key, "+FLAGS.SILENT", "(\\Seen)")


class Maildir:
    """A folder that a mail server on this machine writes into
    (https://cr.yp.to/proto/maildir.html)."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"the mailbox for bounces: there is no folder {folder}")

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        for path in islice(self.unread_files(), AT_ONCE):
            try:
                with path.open("rb") as file:
                    octets = file.read(LONGEST)
            except OSError as error:
                logger.warning("bounces: %s: %s", path.name, type(error).__name__)
            else:
                yield str(path), octets

    def unread_files(self) -> Iterator[Path]:
        yield from sorted((self.folder / "new").glob("*"))
        for path in sorted((self.folder / "cur").glob("*")):
            if "S" not in path.name.partition(":2,")[2]:
                yield path

    def remove(self, key: str) -> None:
        Path(key).unlink(missing_ok=True)

    def keep(self, key: str) -> None:
        path = Path(key)
        name, _, flags = path.name.partition(":2,")
        with suppress(FileNotFoundError):
            path.rename(self.folder / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")
