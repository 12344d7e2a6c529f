"""How a connection to a relay comes to be: TCP, TLS, EHLO and AUTH, as smtplib does them."""

from __future__ import annotations

import smtplib
import ssl
from concurrent.futures import Future
from functools import cached_property
from threading import Thread

from django.core.mail.utils import DNS_NAME

from newsletter.smtp.envelope import Offer
from newsletter.smtp.line import Line
from newsletter.smtp.options import RelayOptions, Tls


class Opener:
    """Opens any number of lines to one relay, from any thread."""

    def __init__(self, options: RelayOptions) -> None:
        self.options = options

    def begin(self) -> Future[Line]:
        """Open one in the background; a process that ends does not wait for it."""
        opening: Future[Line] = Future()
        Thread(target=self.fulfil, args=[opening], name="relay", daemon=True).start()
        return opening

    def fulfil(self, opening: Future[Line]) -> None:
        try:
            opening.set_result(self.open())
        except OSError as error:
            opening.set_exception(error)

    def open(self) -> Line:
        """A line ready for its first envelope. Blocks; raises OSError.

        Those are errors too: a certificate that is not the host's, no STARTTLS where it was asked
        for (nothing is said in the clear then), a password that is refused.
        """
        try:
            smtp = self.connect()
            try:
                return self.prepare(smtp)
            except (OSError, UnicodeError):
                smtp.close()
                raise
        except UnicodeError as error:
            raise OSError("the relay's host, user or password cannot be written") from error

    def connect(self) -> smtplib.SMTP:
        options = self.options
        name = options.local_name or DNS_NAME.get_fqdn()
        if options.tls is not Tls.IMPLICIT:
            return smtplib.SMTP(options.host, options.port, name, options.connect_seconds)
        return smtplib.SMTP_SSL(
            options.host,
            options.port,
            name,
            timeout=options.connect_seconds,
            context=self.context,
        )

    @cached_property
    def context(self) -> ssl.SSLContext:
        """Certificate and host name are always checked."""
        return ssl.create_default_context(cafile=self.options.cafile or None)

    def prepare(self, smtp: smtplib.SMTP) -> Line:
        if self.options.tls is Tls.STARTTLS:
            smtp.starttls(context=self.context)
        smtp.ehlo_or_helo_if_needed()
        if self.options.user:
            smtp.login(self.options.user, self.options.password)
        return self.take_over(smtp)

    def take_over(self, smtp: smtplib.SMTP) -> Line:
        """Its socket, on which smtplib says nothing more."""
        sock, smtp.sock = smtp.sock, None
        assert sock is not None  # it has just answered
        smtp.close()  # what it read the replies with
        return Line(sock, offer(smtp), self.options)


def offer(smtp: smtplib.SMTP) -> Offer:
    size = smtp.esmtp_features.get("size")
    return Offer(
        pipelining=smtp.has_extn("pipelining"),
        eight_bit=smtp.has_extn("8bitmime"),
        size=None if size is None else int(size) if size.isdecimal() else 0,
        utf8=smtp.has_extn("smtputf8"),
    )
