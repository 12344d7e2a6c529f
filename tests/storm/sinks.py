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
    """A sink's process; it may be stopped, started again, and told of other faults."""

    module: str

    def __init__(self, ground: Ground, faults: dict | None = None) -> None:
        self.ground = ground
        self.folder: Path = ground.new_folder("sink")
        self.journal = self.folder / "journal"
        self.journal.touch()
        self.port = free_port()
        self.start(faults)

    @property
    def url(self) -> str:
        raise NotImplementedError

    def arguments(self, faults: dict | None) -> list[str]:
        raise NotImplementedError

    def start(self, faults: dict | None = None) -> None:
        where = ["--port", str(self.port), "--journal", str(self.journal)]
        command = [sys.executable, "-m", self.module, *where, *self.arguments(faults)]
        self.process = self.ground.start(command, self.folder / "log")
        wait_until(self.listens, seconds=20, what=f"the start of {self.module}")

    def listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.ground.ended(self.process)

    def misbehave(self, faults) -> None:
        """From now on so."""
        raise NotImplementedError

    def arrivals(self) -> list[Arrival]:
        return read_truth(self.journal).arrivals

    def count(self) -> int:
        return len(self.arrivals())

    def wait_for(self, count: int, seconds: float) -> None:
        wait_until(lambda: self.count() >= count, seconds=seconds, what=f"the arrival of {count}")

    def is_silent_for(self, seconds: float) -> bool:
        before = self.count()
        time.sleep(seconds)
        return self.count() == before


class SmtpSink(Sink):
    """`faults` is what `tests.smtp_sink` takes as JSON."""

    module = "tests.smtp_sink"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def arguments(self, faults: dict | None) -> list[str]:
        return ["--faults", json.dumps(faults)] if faults else []

    def misbehave(self, faults: dict | None) -> None:
        """It starts again on the same port, with its journal: lines that are open break."""
        self.stop()
        self.start(faults)


class HttpSink(Sink):
    """`faults` is a list of what `tests.http_provider.Fault` takes."""

    module = "tests.http_provider"

    def __init__(self, ground: Ground, personality: str, *faults: dict) -> None:
        self.personality = personality
        super().__init__(ground, faults)

    @property
    def url(self) -> str:
        return re.findall("^EMAIL_URL=(.+)$", (self.folder / "log").read_text(), re.M)[-1]

    def arguments(self, faults) -> list[str]:
        self.misbehave(faults)
        return ["--personality", self.personality, "--faults", str(self.folder / "faults")]

    def misbehave(self, faults) -> None:
        aside = self.folder / "faults.new"
        aside.write_text(json.dumps(list(faults or [])))
        aside.replace(self.folder / "faults")
