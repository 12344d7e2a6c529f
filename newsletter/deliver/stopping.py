"""Whether this process was asked to end: then its senders stop between two mails, and settle."""

import signal
from threading import Event
from types import FrameType

asked = Event()


def stop_on_signals() -> None:
    """SIGTERM and Ctrl-C ask; what has begun to leave is waited for, and nothing is in doubt."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)


def ask(number: int = 0, frame: FrameType | None = None) -> None:
    asked.set()
