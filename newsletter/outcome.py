"""What became of a message, told from what the mail backend did: the only thing we act on."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from enum import Enum

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Outcome(Enum):
    """The classes of docs/delivery.md."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"  # surely not taken: try again later
    REJECTED = "rejected"  # this address is refused: final
    IN_DOUBT = "in_doubt"  # may have been taken: never try again by itself


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    code: str = ""  # what was answered, without addresses
    message_id: str = ""  # the provider's
    is_suspect: bool = False  # says more of us, or of what carries our mail, than of the reader
    retry_after: float | None = None  # seconds, as asked by whoever refused
    cools: bool = False  # the whole channel is to wait, not this message alone


# RFC 3463: the address is bad. Every other 5.x.x says something of us or of the moment.
BAD_ADDRESS = ("5.1.", "5.2.1")
# Statuses that say the request was not carried out (RFC 9110); 5xx says nothing of the kind.
DEFINITE = {400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429}


def send(message: EmailMessage, way_out: BaseEmailBackend) -> Result:
    """Hand one message to an opened connection, and say what became of it.

    Raises nothing that the network, the provider or the message's own text can cause.
    """
    message.connection = way_out
    try:
        accepted = way_out.send_messages([message])
    except (AnymailError, OSError) as error:  # smtplib's are OSErrors
        result = result_of(error)
        if result.outcome is Outcome.IN_DOUBT and not may_have_left(way_out):
            return Result(Outcome.NOT_SENT, result.code)
        return result
    except ValueError as error:
        return unwritable(error)
    if not accepted:
        return Result(Outcome.NOT_SENT, "the backend sent nothing")
    return Result(Outcome.ACCEPTED, message_id=provider_id(message))


def may_have_left(way_out: BaseEmailBackend) -> bool:
    """Whether an error may have come after the message; only our SMTP connections can tell."""
    connection = getattr(way_out, "connection", None)
    return bool(getattr(connection, "may_have_left", True))


def unwritable(error: ValueError) -> Result:
    """A header or an address that cannot be written, the reader's or ours: nothing has left."""
    return Result(Outcome.NOT_SENT, f"cannot be written: {type(error).__name__}", is_suspect=True)


def result_of(error: Exception) -> Result:
    """The class of an error that a mail backend raised while it had one message in hand."""
    if isinstance(error, smtplib.SMTPException):
        return smtp_result(error)
    if isinstance(error, AnymailRecipientsRefused):
        return Result(Outcome.REJECTED, "refused by the provider")
    if isinstance(error, AnymailAPIError):
        return api_result(error)
    if isinstance(error, AnymailError):  # a setting or a feature, found before anything left
        return Result(Outcome.NOT_SENT, type(error).__name__, is_suspect=True)
    return in_doubt(type(error).__name__)


def smtp_result(error: smtplib.SMTPException) -> Result:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return reply_result(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPSenderRefused):
        code = f"{error.smtp_code} sender refused"
        return Result(Outcome.NOT_SENT, code, is_suspect=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Result(Outcome.REJECTED, "the relay cannot carry this address")
    if isinstance(error, smtplib.SMTPResponseException):
        return reply_result(error.smtp_code, error.smtp_error)
    return in_doubt(type(error).__name__)


def reply_result(code: int, reply: bytes | str) -> Result:
    """A reply that is not 2xx is a definite no, at whatever stage (RFC 5321, 4.2.5)."""
    said = enhanced_code(reply)
    if code < 500:
        cools = code == 421 or said.startswith("4.7.")
        return Result(Outcome.NOT_SENT, f"{code} {said}".strip(), cools=cools)
    if said.startswith(BAD_ADDRESS):
        return Result(Outcome.REJECTED, f"{code} {said}")
    if not said:  # mostly an old server's "no such user"; in a row it is "relaying denied"
        return Result(Outcome.REJECTED, str(code), is_suspect=True)
    return Result(Outcome.NOT_SENT, f"{code} {said}", is_suspect=said.startswith("5.7."))


def enhanced_code(reply: bytes | str) -> str:
    """The RFC 3463 code at the start of a reply, or nothing; the rest may name the address."""
    text = reply.decode("ascii", "replace") if isinstance(reply, bytes) else reply
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return first if first.count(".") == 2 and first.replace(".", "").isdigit() else ""


def api_result(error: AnymailAPIError) -> Result:
    status = error.status_code
    if status in DEFINITE:
        return Result(Outcome.NOT_SENT, f"HTTP {status}", is_suspect=status in {401, 403})
    return in_doubt(f"HTTP {status}" if status else "no answer")


def in_doubt(code: str) -> Result:
    """It may have been taken; that it happens at all speaks against what carries our mail."""
    return Result(Outcome.IN_DOUBT, code, is_suspect=True)


def provider_id(message: EmailMessage) -> str:
    status = getattr(message, "anymail_status", None)
    return str(getattr(status, "message_id", "") or "")
