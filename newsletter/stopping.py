"""Whether this process was asked to end: then its senders stop between two mails, and settle."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

asked = Event()


@contextmanager
def on_signals() -> Iterator[None]:
    """SIGTERM, Ctrl-C and a terminal that goes away ask; what has begun to leave is waited for, and
    nothing is in doubt."""
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
        numbers.append(signal.SIGHUP)
    before = [signal.signal(number, lambda number, frame: asked.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
