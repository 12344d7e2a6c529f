"""A crew: commands that send one edition from several processes, and that somebody looks after."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.storm.site import Site

COMMANDS = 2  # that send at once,
SENDERS = 2  # each with so many
SECONDS_TO_SETTLE = 600
OVER = ("done", "cancelled", "expired")


class Crew:
    """Whatever of it ends is started again, as a supervisor would."""

    def __init__(self, site: Site, commands: int = COMMANDS, senders: int = SENDERS) -> None:
        self.site, self.commands, self.senders = site, commands, senders
        self.running: list[subprocess.Popen] = []
        self.prefixes: list[tuple[str, ...]] = [()]  # taken in turn
        self.started = 0
        self.day = ""
        self.hit_count = 0

    def send(self, day: str) -> None:
        self.end()
        self.day = day
        self.fill_up()

    def end(self) -> None:
        for process in self.running:
            self.site.end(process)
        self.running = []

    def fill_up(self) -> None:
        """A command whose first process was killed counts while its others go on."""
        for process in list(self.running):
            if process.poll() is not None and not others_of(process):
                self.site.end(process)
                self.running.remove(process)
        while len(self.running) < self.commands:
            prefix = self.prefixes[self.started % len(self.prefixes)]
            self.running.append(self.site.send(self.day, senders=self.senders, prefix=prefix))
            self.started += 1

    def until_settled(self, seconds: float = SECONDS_TO_SETTLE) -> Iterator[None]:
        """While the edition is not over, with a full crew at work."""
        deadline = time.monotonic() + seconds
        while self.site.ledger.state(self.day) not in OVER:
            if time.monotonic() > deadline:
                raise TimeoutError(self.how_it_stands())
            self.fill_up()
            yield
            time.sleep(0.05)

    def settle(self, seconds: float = SECONDS_TO_SETTLE) -> None:
        for _ in self.until_settled(seconds):
            time.sleep(0.2)

    def how_it_stands(self) -> str:
        ledger = self.site.ledger
        return f"{self.day} is {ledger.edition(self.day)} with {dict(ledger.states(self.day))}"

    def at_work(self) -> list[int]:
        """Those that have a slice in their hands."""
        pids = {pid for each in self.running for pid in [each.pid, *others_of(each)]}
        return sorted(pids & self.site.ledger.senders())

    def hit_one(self, number: signal.Signals = signal.SIGKILL) -> int | None:
        """A signal to one at work, if any is."""
        at_work = self.at_work()
        if not at_work:
            return None
        pid = random.choice(at_work)
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            self.hit_count += 1
        return pid


def others_of(process: subprocess.Popen) -> list[int]:
    """The rest of a command's family, also when its first process is gone."""
    return [pid for pid in members_of(process.pid) if pid != process.pid]


def members_of(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208  a glob stumbles here
        with suppress(FileNotFoundError, ProcessLookupError):
            stat = Path(f"/proc/{pid}/stat").read_text()
            state, _, of_group = stat.rpartition(")")[2].split()[:3]
            if int(of_group) == group and state != "Z":
                found.append(int(pid))
    return found
