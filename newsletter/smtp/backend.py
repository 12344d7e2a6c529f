"""SMTP as Django speaks it, and whether the message in hand may have left."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.utils import parseaddr
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

from newsletter.message import FixedMessage
from newsletter.smtp.envelope import wire_address

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
    """Django's, over connections whose `may_have_left` tells of the newest message.

    With `cafile`, or the setting EMAIL_CAFILE, a relay's certificate has to be of its authorities.
    A local part beyond ASCII raises SMTPNotSupportedError: Django writes an encoded word in its
    place, which may be somebody else's address.
    """

    def __init__(self, cafile: str | None = None, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]  # whatever Django's takes
        self.cafile = settings.EMAIL_CAFILE if cafile is None else cafile

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.recipients():
                if not wire_address(parseaddr(address)[1]).isascii():
                    raise smtplib.SMTPNotSupportedError("small mails go without SMTPUTF8")
            if isinstance(message, FixedMessage):
                message.come_back()
        return super().send_messages(email_messages)

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.cafile or None)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TlsStage if self.use_ssl else Stage
