"""What a provider's API says of a message, through Anymail or by itself."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.core.mail import EmailMessage
from requests import Response
from requests.structures import CaseInsensitiveDict

from newsletter.outcome.result import REFUSED, Outcome, Result, in_doubt, unwritable
from newsletter.outcome.send import nothing_sent
from newsletter.providers import headers_taken

# What providers say with 400 or 422 when it is the one reader's address that they will not take.
ABOUT_THE_READER = re.compile(
    r"personalizations\.\d+\.to\b|'?to'? parameter is not a valid|not valid in to\b"
    r"|`to` field|\bTo\[0\]|'to' address|recipients?\[0\]|illegal address|missing final '@domain'",
    re.IGNORECASE,
)
Amazon = dict[str, dict[str, object]]  # an answer of SES, as boto3 reads it
# Amazon's words for too much at once, with HTTP 400 or 429.
THROTTLED = ("Throttling", "TooManyRequests", "LimitExceeded", "SendingPaused")


def send_by_api(message: EmailMessage, way_out: AnymailBaseBackend) -> Result:
    """As `send` does, which see. Header fields that the provider sets itself are left out."""
    message.extra_headers = headers_taken(way_out.esp_name, message.extra_headers)
    try:
        accepted = way_out.send_messages([message])
    except (AnymailError, OSError, ValueError) as error:  # requests' are OSErrors
        return after_error(error, message)
    if not accepted:
        return nothing_sent()
    status: AnymailStatus = message.anymail_status  # type: ignore[attr-defined]  # Anymail sets it
    if status.status == {"failed"}:
        return said_no(status)
    return Result(Outcome.ACCEPTED, message_id=str(status.message_id or ""))


def after_error(error: Exception, message: EmailMessage) -> Result:
    """An error may come after the yes: what came back could not be read, or a receiver of
    Anymail's signal failed. Only an answer that names the reader as refused is a no then."""
    status = getattr(message, "anymail_status", None)
    said = getattr(status, "esp_response", None) or getattr(error, "response", None)
    if is_yes(said) and not isinstance(error, AnymailRecipientsRefused):
        return Result(Outcome.ACCEPTED, "accepted, with an answer that cannot be read")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return unwritable(error)
    return result_of(error)


def is_yes(said: object) -> bool:
    """2xx from the API. A page of text comes from somewhere else, as at a wrong address."""
    if isinstance(said, Response):
        is_api = not said.content or "json" in said.headers.get("Content-Type", "")
        return 200 <= said.status_code < 300 and is_api
    if isinstance(said, dict):
        is_api = "json" in amazon_headers(said).get("content-type", "")
        return 200 <= amazon_status(said) < 300 and is_api
    return False


def said_no(status: AnymailStatus) -> Result:
    """An answer in which Anymail found the message to have failed."""
    said = status.esp_response
    if isinstance(said, Response):
        return http_result(max(said.status_code, 400), said.text, retry_after(said.headers))
    return Result(Outcome.NOT_SENT, REFUSED, is_suspect=True)


def result_of(error: Exception) -> Result:
    """The class of an error that a backend raised while it had one message in hand."""
    if isinstance(error, AnymailRecipientsRefused):
        return Result(Outcome.REJECTED, REFUSED)
    if isinstance(error, AnymailAPIError):
        return api_result(error)
    if isinstance(error, AnymailError):  # a setting or a feature, found before anything left
        return Result(Outcome.NOT_SENT, type(error).__name__, is_suspect=True)
    return no_answer(error)


def api_result(error: AnymailAPIError) -> Result:
    """An answer that is no yes, or none at all."""
    said = error.response
    if isinstance(said, Response):
        return http_result(said.status_code, said.text, retry_after(said.headers))
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


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks us to wait: a number, or a date (RFC 9110, 10.2.3)."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without its zone
        return None


def amazon_result(said: Amazon) -> Result:
    """SES v2 names its errors: https://docs.aws.amazon.com/ses/latest/APIReference-V2"""
    error, headers = said.get("Error", {}), CaseInsensitiveDict(amazon_headers(said))
    name = str(error.get("Code", ""))
    result = http_result(amazon_status(said), str(error.get("Message", "")), retry_after(headers))
    code = f"{result.code} {name}".strip()
    if not name.startswith(THROTTLED):
        return replace(result, code=code)
    is_stopped = name.startswith("SendingPaused")  # by Amazon, or by whoever has the account
    return replace(result, code=code, outcome=Outcome.NOT_SENT, is_suspect=is_stopped, cools=True)


def amazon_status(said: Amazon) -> int:
    status = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status if isinstance(status, int) else 0


def amazon_headers(said: Amazon) -> dict[str, str]:
    headers = said.get("ResponseMetadata", {}).get("HTTPHeaders")
    return headers if isinstance(headers, dict) else {}


def no_answer(error: BaseException) -> Result:
    """What a dead line says: nothing has left yet while the connection was being made."""
    if isinstance(error, ValueError):  # requests could not make a request of it
        return unwritable(error)
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
