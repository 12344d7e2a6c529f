"""Send one message by a mail backend, and say what became of it."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from newsletter.outcome.result import Outcome, Result, in_doubt, unwritable
from newsletter.outcome.smtp import smtp_result


def send(message: EmailMessage, way_out: BaseEmailBackend) -> Result:
    """Hand one message to an opened connection, and say what became of it.

    Raises nothing that the network, the provider or the message's own text can cause.
    """
    message.connection = way_out
    if type(way_out).__module__.startswith("anymail."):
        by_api: Result = import_string("newsletter.outcome.api.send_by_api")(message, way_out)
        return by_api
    try:
        accepted = way_out.send_messages([message])
    except OSError as error:  # smtplib's, too
        result = result_of(error)
        if result.outcome is Outcome.IN_DOUBT and not may_have_left(way_out):
            return Result(Outcome.NOT_SENT, result.code)
        return result
    except ValueError as error:
        return unwritable(error)
    return Result(Outcome.ACCEPTED) if accepted else nothing_sent()


def send_all(messages: Sequence[EmailMessage], way_out: BaseEmailBackend) -> list[Result]:
    """The same of each, one after the other over one connection; behind what was not accepted each
    has its own, since that one may be lost."""
    try:
        way_out.open()
    except OSError as error:
        return [Result(Outcome.NOT_SENT, result_of(error).code)] * len(messages)
    results = []
    for message in messages:
        results.append(send(message, way_out))
        if results[-1].outcome is not Outcome.ACCEPTED:
            hang_up(way_out)
    hang_up(way_out)
    return results


def hang_up(way_out: BaseEmailBackend) -> None:
    with suppress(OSError):  # whoever has hung up first
        way_out.close()


def result_of(error: OSError) -> Result:
    if isinstance(error, smtplib.SMTPException):
        return smtp_result(error)
    return in_doubt(type(error).__name__)


def may_have_left(way_out: BaseEmailBackend) -> bool:
    """Whether an error may have come after the message; only our SMTP connections can tell."""
    connection = getattr(way_out, "connection", None)
    return bool(getattr(connection, "may_have_left", True))


def nothing_sent() -> Result:
    return Result(Outcome.NOT_SENT, "the backend sent nothing")
