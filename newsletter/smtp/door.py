"""One of a relay's connections: open, being opened, or left alone for a while."""

from __future__ import annotations

import time
from concurrent.futures import Future

from newsletter.smtp.line import Line
from newsletter.smtp.opening import Opener

MOST_WAIT = 60.0  # seconds


class Door:
    def __init__(self, opener: Opener) -> None:
        self.opener = opener
        self.line: Line | None = None
        self.opening: Future[Line] | None = None
        self.opening_ends_at = 0.0
        self.failure_count = 0  # in a row
        self.shut_until = 0.0
        self.error: OSError | None = None  # of the newest attempt that failed

    def knock(self) -> None:
        """Have it opened, unless it is, or it is to be left alone."""
        now = time.monotonic()
        if self.line is None and self.opening is None and now >= self.shut_until:
            self.opening = self.opener.begin()
            self.opening_ends_at = now + 2 * self.opener.options.connect_seconds

    def look(self) -> Line | None:
        """The line, when it has just come to be open."""
        if self.opening is None:
            return None
        try:
            if self.opening.done():
                self.line = self.opening.result()
            elif time.monotonic() < self.opening_ends_at:
                return None
            else:
                self.abandon()
                raise TimeoutError("the relay's greeting does not end")
        except OSError as error:
            self.error = error
            self.leave_alone()
        self.opening = None
        return self.line

    def leave_alone(self) -> None:
        """After a failure: a second attempt at once, and longer and longer waits from then on."""
        self.failure_count += 1
        wait = 2.0 ** min(self.failure_count - 2, 10) if self.failure_count > 1 else 0.0
        self.shut_until = time.monotonic() + min(wait, MOST_WAIT)

    def lost(self, line: Line, why: str) -> None:
        """The line is gone; one that was of use is opened anew without waiting."""
        self.line = None
        self.error = ConnectionError(why)
        if line.concluded_count:
            self.failure_count = 0
        self.leave_alone()

    def abandon(self) -> None:
        """Hang up as soon as it opens."""
        if self.opening is not None:
            self.opening.add_done_callback(hang_up)
            self.opening = None


def hang_up(opening: Future[Line]) -> None:
    if opening.exception() is None:
        opening.result().hang_up()
