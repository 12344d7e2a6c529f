"""What became of a message, told from what the mail backend did: the only thing we act on."""

from __future__ import annotations

import re
import smtplib
import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from requests import Response


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
# What providers say with 400 or 422 when it is the one reader's address that they will not take.
ABOUT_THE_READER = re.compile(
    r"personalizations\.\d+\.to\b|'?to'? parameter is not a valid|not valid in to\b"
    r"|`to` field|\bTo\[0\]|'to' address|recipients?\[0\]|illegal address|missing final '@domain'",
    re.IGNORECASE,
)
# Amazon's words for too much at once, with HTTP 400 or 429.
THROTTLED = ("Throttling", "TooManyRequests", "LimitExceeded", "SendingPaused")


def send(message: EmailMessage, way_out: BaseEmailBackend) -> Result:
    """Hand one message to an opened connection, and say what became of it.

    Raises nothing that the network, the provider or the message's own text can cause.
    """
    message.connection = way_out
    try:
        accepted = way_out.send_messages([message])
    except (AnymailError, OSError, ValueError) as error:  # smtplib's and requests' are OSErrors
        return after_error(error, message, way_out)
    if not accepted:
        return Result(Outcome.NOT_SENT, "the backend sent nothing")
    status = getattr(message, "anymail_status", None)
    if status is not None and status.status == {"failed"}:
        return said_no(status)
    return Result(Outcome.ACCEPTED, message_id=provider_id(message))


def after_error(error: Exception, message: EmailMessage, way_out: BaseEmailBackend) -> Result:
    """An error may come after the yes: what came back could not be read, or a receiver of
    Anymail's signal failed. Only an answer that names the reader as refused is a no then."""
    status = getattr(message, "anymail_status", None)
    said = getattr(status, "esp_response", None) or getattr(error, "response", None)
    if is_yes(said) and not isinstance(error, AnymailRecipientsRefused):
        return Result(Outcome.ACCEPTED, "accepted, with an answer that cannot be read")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return unwritable(error)
    result = result_of(error)
    if result.outcome is Outcome.IN_DOUBT and not may_have_left(way_out):
        return Result(Outcome.NOT_SENT, result.code)
    return result


def is_yes(said: object) -> bool:
    """2xx from the API. A page of text comes from somewhere else, as at a wrong address."""
    if isinstance(said, Response):
        is_api = not said.content or "json" in said.headers.get("Content-Type", "")
        return 200 <= said.status_code < 300 and is_api
    return isinstance(said, dict) and 200 <= amazon_status(said) < 300


def said_no(status: AnymailStatus) -> Result:
    """An answer in which Anymail found the message to have failed."""
    said = status.esp_response
    if isinstance(said, Response):
        return http_result(max(said.status_code, 400), said.text, retry_after(said))
    return Result(Outcome.NOT_SENT, "refused by the provider", is_suspect=True)


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
    return no_answer(error)


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
    """An answer that is no yes, or none at all."""
    said = error.response
    if isinstance(said, Response):
        return http_result(said.status_code, said.text, retry_after(said))
    if isinstance(said, dict):
        return amazon_result(said)
    return no_answer(error)


def http_result(status: int, said: str = "", seconds: float | None = None) -> Result:
    """The class of an HTTP answer that is no plain yes, to a call for one reader (RFC 9110, 15).

    4xx says that the request was not carried out, but 409 that an earlier one of ours stands in
    its way. 5xx says nothing of the kind: what is between us and the provider may say 503, too,
    unless it names a time to come back.
    """
    code = f"HTTP {status}"
    if status == 429 or (status == 503 and seconds is not None):
        return Result(Outcome.NOT_SENT, code, retry_after=seconds, cools=True)
    if status < 300 or status == 409 or status >= 500:
        return in_doubt(code)
    if status in {400, 422} and ABOUT_THE_READER.search(said):
        return Result(Outcome.REJECTED, code)
    return Result(Outcome.NOT_SENT, code, is_suspect=status != 408)


def retry_after(said: Response) -> float | None:
    """The seconds that an answer asks us to wait: a number, or a date (RFC 9110, 10.2.3)."""
    asked = said.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without its zone
        return None


def amazon_result(said: dict[str, dict[str, object]]) -> Result:
    """SES v2 names its errors: https://docs.aws.amazon.com/ses/latest/APIReference-V2"""
    name = str(said.get("Error", {}).get("Code", ""))
    result = http_result(amazon_status(said), str(said.get("Error", {}).get("Message", "")))
    code = f"{result.code} {name}".strip()
    if name.startswith(THROTTLED):
        return Result(Outcome.NOT_SENT, code, cools=True, is_suspect=name.startswith("SendingP"))
    return replace(result, code=code)


def amazon_status(said: dict[str, dict[str, object]]) -> int:
    status = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status if isinstance(status, int) else 0


def no_answer(error: BaseException) -> Result:
    """What a dead line says: nothing has left yet while the connection was being made."""
    name = type(root(error)).__name__
    if was_connecting(error):
        return Result(Outcome.NOT_SENT, f"cannot connect: {name}", cools=True)
    return in_doubt(name)


def was_connecting(error: BaseException) -> bool:
    """Whether it was raised below urllib3's `connect`, TLS included.

    The stack says so where the classes do not: requests and botocore wrap a reset in the TLS
    handshake and one after the request alike.
    """
    chain = [error]
    while cause := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(cause)
    frames = (frame for each in chain for frame, _ in traceback.walk_tb(each.__traceback__))
    return any(
        frame.f_code.co_name == "connect"
        and frame.f_globals.get("__name__") == "urllib3.connection"
        for frame in frames
    )


def root(error: BaseException) -> BaseException:
    while cause := error.__cause__ or error.__context__:
        error = cause
    return error


def in_doubt(code: str) -> Result:
    """It may have been taken; that it happens at all speaks against what carries our mail."""
    return Result(Outcome.IN_DOUBT, code, is_suspect=True)


def provider_id(message: EmailMessage) -> str:
    status = getattr(message, "anymail_status", None)
    return str(getattr(status, "message_id", "") or "")
