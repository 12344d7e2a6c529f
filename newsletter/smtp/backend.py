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
    A local part beyond ASCII travels as it is, with SMTPUTF8 (RFC 6531); SMTPNotSupportedError is
    raised where the relay cannot. So it is for a message that does not name it as it is: Django
    writes an encoded word in its place, which may be somebody else's address.
    """

    def __init__(self, cafile: str | None = None, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]  # whatever Django's takes
        self.cafile = settings.EMAIL_CAFILE if cafile is None else cafile

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if isinstance(message, FixedMessage):
                message.come_back()
        return super().send_messages(email_messages)

    def _send(self, email_message: EmailMessage) -> bool:
        to = [wire_address(parseaddr(each)[1]) for each in email_message.recipients()]
        if all(map(bytes.isascii, to)):
            return bool(super()._send(email_message))  # type: ignore[misc]  # Django's own
        message = email_message.message()
        octets = message.as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's has it
        if not all(each in octets for each in to):
            raise smtplib.SMTPNotSupportedError("the message names another address")
        sender = parseaddr(email_message.from_email)[1]
        recipients = [each.decode() for each in to]
        assert self.connection  # as send_messages opens it
        self.connection.sendmail(sender, recipients, octets, ["SMTPUTF8", "BODY=8BITMIME"])
        return True

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.cafile or None)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TlsStage if self.use_ssl else Stage
