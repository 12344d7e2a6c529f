"""The local mailbox: a mail backend that keeps what would be sent, and the reading of it.

A Maildir (https://cr.yp.to/proto/maildir.html): a file a message, written aside and then renamed,
so that nobody ever sees half of one and no locks are needed.
"""

from __future__ import annotations

import mailbox
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes each message into a Maildir, that of settings unless another is named, with the bytes
    SMTP would get.

    Raises OSError when the folder cannot be written; what was written before stays.
    """

    def __init__(self, folder: str = "", fail_silently: bool = False) -> None:
        super().__init__(fail_silently)
        self.folder = folder or settings.MAILDIR

    def open(self) -> None:
        """Find out that the folder cannot be made while nothing has left."""
        open_maildir(self.folder)

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        folder = open_maildir(self.folder)
        for message in email_messages:
            folder.add(smtp_bytes(message))
        return len(email_messages)


def smtp_bytes(message: DjangoMessage) -> bytes:
    """What Django's SMTP backend puts on the wire."""
    as_bytes = message.message().as_bytes
    return as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # the stubs are of Django 6


@dataclass(frozen=True)
class Letter:
    """A message in the mailbox, by the name of its file."""

    key: str
    path: Path

    @property
    def kept_at(self) -> datetime:
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def source(self) -> bytes:
        return self.path.read_bytes()

    def message(self) -> EmailMessage:
        return BytesParser(EmailMessage, policy=default).parsebytes(self.source())


def letters() -> list[Letter]:
    """Every message, newest first."""
    return sorted(kept(), key=lambda letter: (letter.kept_at, letter.key), reverse=True)


def letter(key: str) -> Letter | None:
    """One message. None unless the folder lists it: a key is compared, never opened as a path."""
    return next((letter for letter in kept() if letter.key == key), None)


def kept() -> Iterator[Letter]:
    for name in ("new", "cur"):
        for file in (Path(settings.MAILDIR) / name).glob("*"):
            yield Letter(file.name.partition(":")[0], file)


def open_maildir(folder: str) -> mailbox.Maildir:
    """The folder, made where it is missing."""
    for name in ("tmp", "new", "cur"):
        (Path(folder) / name).mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(folder, factory=None, create=False)
