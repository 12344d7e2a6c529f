"""Where mail goes in a storm: an SMTP server and an HTTP provider, as processes that misbehave.

What they take is on the disk before they answer, so that their journals are the truth.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import time
from pathlib import Path

from tests.ground import Ground, free_port, wait_until
from tests.storm.verdict import Arrival, read_truth

SLOW = {"delay": [0.015, 0.045]}  # seconds to answer to a message


class Sink:
    """A sink's process; it may be told of other faults at any time, stopped, and started again."""

    module: str

    def __init__(self, ground: Ground, faults: object) -> None:
        self.ground = ground
        self.folder: Path = ground.new_folder("sink")
        self.journal = self.folder / "journal"
        self.journal.touch()
        self.port = free_port()
        self.misbehave(faults)
        self.start()

    @property
    def url(self) -> str:
        raise NotImplementedError

    def arguments(self) -> list[str]:
        return []

    def start(self) -> None:
        where = ["--port", str(self.port), "--journal", str(self.journal)]
        faults = ["--faults", str(self.folder / "faults")]
        command = [sys.executable, "-m", self.module, *where, *faults, *self.arguments()]
        self.process = self.ground.start(command, self.folder / "log")
        wait_until(self.listens, seconds=30, what=f"the start of {self.module}")

    def listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.ground.ended(self.process)

    def misbehave(self, faults: object) -> None:
        """From the next message on."""
        aside = self.folder / "faults.new"
        aside.write_text(json.dumps(faults))
        aside.replace(self.folder / "faults")

    def arrivals(self) -> list[Arrival]:
        return read_truth(self.journal).arrivals

    def count(self) -> int:
        return len(self.arrivals())

    def wait_for(self, count: int, seconds: float = 60) -> None:
        wait_until(lambda: self.count() >= count, seconds=seconds, what=f"the arrival of {count}")

    def is_silent_for(self, seconds: float) -> bool:
        before = self.count()
        time.sleep(seconds)
        return self.count() == before


class SmtpSink(Sink):
    """`faults` as `tests.smtp_faults.Faults` has them."""

    module = "tests.smtp_sink"

    def __init__(self, ground: Ground, faults: dict = SLOW) -> None:
        super().__init__(ground, faults)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class HttpSink(Sink):
    """`faults` as `tests.http_provider.Fault` has them."""

    module = "tests.http_provider"

    def __init__(self, ground: Ground, personality: str, *faults: dict) -> None:
        self.personality = personality
        super().__init__(ground, list(faults))

    @property
    def url(self) -> str:
        return re.findall("^EMAIL_URL=(.+)$", (self.folder / "log").read_text(), re.M)[-1]

    def arguments(self) -> list[str]:
        return ["--personality", self.personality]
