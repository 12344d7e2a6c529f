"""SMTP as Django speaks it, and whether the message in hand may have left."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Stage(smtplib.SMTP):
    """Notes how far a dialogue came; smtplib's errors do not tell.

    A message may have left once its DATA has begun. Whoever hangs up before that, between two
    messages for instance, has surely not taken it.
    """

    may_have_left = False

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        self.may_have_left = False
        return super().mail(sender, options)

    def data(self, msg: ReadableBuffer | str) -> tuple[int, bytes]:
        self.may_have_left = True
        return super().data(msg)


class TlsStage(Stage, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


class EmailBackend(DjangoBackend):
    """Django's, over connections whose `may_have_left` tells of the newest message."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TlsStage if self.use_ssl else Stage
