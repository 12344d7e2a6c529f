"""How we ask the services that papers come from: patiently, politely, and never for ever."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import stamina

from papers.sources.base import SourceError, SourceUnavailable

USER_AGENT = "Paperboy (a newsletter of the day's research papers)"
COME_BACK_LATER = {408, 425, 429}
LONGEST_WAIT = 30  # seconds we wait because a source says so; beyond that the next pull asks again

retrying = stamina.RetryingCaller(
    attempts=3, timeout=120, wait_initial=1.0, wait_max=10.0, wait_jitter=1.0
)


class Refused(SourceError):
    """The service answered with an HTTP error that asking again does not cure."""

    def __init__(self, message: str, body: bytes) -> None:
        super().__init__(message)
        self.body = body


class Pace:
    """Lets one caller through every so many seconds, over all threads of this process."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.free_at = 0.0
        self.lock = threading.Lock()

    def wait(self) -> None:
        with self.lock:
            time.sleep(max(0.0, self.free_at - time.monotonic()))
            self.free_at = time.monotonic() + self.seconds


@dataclass(frozen=True)
class Http:
    """GET with limits of time (in seconds) and size (in bytes), retried where that can help."""

    connect_seconds: float = 5
    read_seconds: float = 30  # silence
    whole_seconds: float = 90  # from the headers to the last byte
    body_limit: int = 20_000_000
    pace: Pace = field(default_factory=lambda: Pace(0))
    tries_again: bool = True

    def hurried(self) -> "Http":
        """The same at the same pace for somebody who waits at a page: one try, in seconds."""
        return replace(self, read_seconds=8, whole_seconds=12, tries_again=False)

    def get(self, url: str, *, params: Mapping[str, str], label: str) -> bytes:
        """The body of a good answer. `label` opens every message: who was asked for what.

        Raises SourceUnavailable after a few tries at what may pass (no connection, a time limit,
        408, 425, 429, 5xx), Refused for any other HTTP error, SourceError for an unusable answer.
        """
        if not self.tries_again:
            return self._ask(url, params, label)
        return retrying(worth_another_try, self._ask, url, params, label)

    def _ask(self, url: str, params: Mapping[str, str], label: str) -> bytes:
        self.pace.wait()
        limits = httpx.Timeout(self.read_seconds, connect=self.connect_seconds)
        headers = {"User-Agent": USER_AGENT}
        with (
            told_as_source_errors(label),
            httpx.stream(
                "GET", url, params=params, headers=headers, timeout=limits, follow_redirects=True
            ) as response,
        ):
            body = self._read(response, label)
            check_status(response, body, label)
            return body

    def _read(self, response: httpx.Response, label: str) -> bytes:
        body = bytearray()
        ends_at = time.monotonic() + self.whole_seconds
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.body_limit:
                raise SourceError(f"{label}: the answer is larger than {self.body_limit:,} bytes")
            if time.monotonic() > ends_at:
                raise SourceUnavailable(
                    f"{label}: the answer was not complete after {self.whole_seconds:g} s"
                )
        return bytes(body)


def worth_another_try(error: Exception) -> bool | float:
    """Whether to ask again, or after how many seconds if the source named them."""
    if not isinstance(error, SourceUnavailable):
        return False
    if error.wait_seconds is None:
        return True
    return error.wait_seconds if error.wait_seconds <= LONGEST_WAIT else False


@contextmanager
def told_as_source_errors(label: str) -> Iterator[None]:
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise SourceUnavailable(f"{label}: no connection within the time limit") from error
    except httpx.TimeoutException as error:
        raise SourceUnavailable(f"{label}: no answer within the time limit") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise SourceError(f"{label}: the configured address is no web address: {error}") from error
    except (httpx.DecodingError, httpx.TooManyRedirects) as error:
        raise SourceError(f"{label}: the answer cannot be read: {error}") from error
    except httpx.ConnectError as error:
        raise SourceUnavailable(f"{label}: no connection: {error}") from error
    except httpx.TransportError as error:
        raise SourceUnavailable(f"{label}: the connection broke: {error}") from error


def check_status(response: httpx.Response, body: bytes, label: str) -> None:
    status = f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    if response.status_code in COME_BACK_LATER or response.is_server_error:
        seconds = seconds_to_wait(response.headers.get("Retry-After", ""))
        raise SourceUnavailable(f"{label}: {status}{told_wait(seconds)}", wait_seconds=seconds)
    if not response.is_success:
        raise Refused(f"{label}: {status}", body)


def seconds_to_wait(header: str) -> float | None:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3); None if it says neither."""
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def told_wait(seconds: float | None) -> str:
    if seconds is None:
        return ""
    until = datetime.now(UTC) + timedelta(seconds=min(seconds, 10**9))
    return f", asks us to wait {seconds:.0f} s, until {until:%Y-%m-%d %H:%M:%S} UTC"
