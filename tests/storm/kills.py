"""Senders that are killed, told to stop, or stopped and woken up again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress

from tests.storm.sinks import SLOW, Sink, SmtpSink
from tests.storm.site import Site, children_of
from tests.storm.trial import Trial, fault

READERS = 6_000
EDITIONS = 40  # more than the kills can last for
CONNECTIONS = 4
COMMANDS = 2  # that send at once,
SENDERS = 2  # each with so many
PAUSES = (0.1, 0.6)  # seconds between two kills
SECONDS_TO_SETTLE = 120


@fault("F01", "0 lost, 0 repeated, at most 1 in doubt per connection of a killed sender")
def senders_killed(trial: Trial) -> None:
    """`kill -9` of one of four senders at a random moment, over SMTP, on PostgreSQL"""
    sink = SmtpSink(trial.ground, SLOW)
    site, _server = trial.postgres_site(sink)
    kill_senders(trial, site, sink, trial.times(200, 10))


@fault("F01", "0 lost, 0 repeated, at most 1 in doubt per connection of a killed sender")
def senders_killed_on_sqlite(trial: Trial) -> None:
    """`kill -9` of one of four senders at a random moment, over SMTP, on SQLite"""
    sink = SmtpSink(trial.ground, SLOW)
    kill_senders(trial, trial.sqlite_site(sink), sink, trial.times(50, 5))


def kill_senders(trial: Trial, site: Site, sink: Sink, kills: int) -> None:
    readers = trial.times(READERS, 1_500)
    days = site.seed(readers, EDITIONS, connections=CONNECTIONS)
    crew = Crew(site)
    sent = []
    for day in days:
        sent.append(day)
        crew.send(day)
        for _ in until_settled(site, day, crew):
            if crew.kill_count < kills:
                time.sleep(random.uniform(*PAUSES))
                crew.kill_one()
        trial.tell(f"{crew.kill_count} of {kills} kills, {len(sent)} editions")
        if crew.kill_count >= kills:
            break
    trial.injected = f"{crew.kill_count} kills"
    found = trial.judge(site, sink, expected=readers * len(sent), verify=sent)
    worst = max(found.doubts_by_owner.values(), default=0)
    trial.figure(f"at most {worst} in doubt of one kill", holds=worst <= CONNECTIONS)
    trial.bound(f"{crew.kill_count} kills in {EDITIONS} editions", crew.kill_count >= kills)
    trial.bound(f"{found.left_open} left open", found.left_open == 0)


def until_settled(site: Site, day: str, crew: Crew) -> Iterator[None]:
    """While it is not, with a full crew at work."""
    deadline = time.monotonic() + 600
    while site.ledger.state(day) != "done":
        if time.monotonic() > deadline:
            raise TimeoutError(f"{day} is {site.ledger.edition(day)}, {site.ledger.states(day)}")
        crew.fill_up()
        yield
        time.sleep(0.05)


class Crew:
    """Commands that send one edition, some senders each; whoever was killed is replaced."""

    def __init__(self, site: Site, commands: int = COMMANDS, senders: int = SENDERS) -> None:
        self.site, self.commands, self.senders = site, commands, senders
        self.running: list[subprocess.Popen] = []
        self.day = ""
        self.kill_count = 0

    def send(self, day: str) -> None:
        for process in self.running:
            self.site.end(process)
        self.running, self.day = [], day
        self.fill_up()

    def fill_up(self) -> None:
        """A command whose first process was killed goes on with its others, till all are gone."""
        for process in list(self.running):
            if process.poll() is not None:
                self.site.end(process)
                self.running.remove(process)
        while len(self.running) < self.commands:
            self.running.append(self.site.send(self.day, senders=self.senders))

    def pids(self) -> list[int]:
        return [pid for process in self.running for pid in [process.pid, *children_of(process.pid)]]

    def kill_one(self, number: signal.Signals = signal.SIGKILL) -> None:
        """One that has a slice in its hands."""
        at_work = sorted(set(self.pids()) & self.site.ledger.senders())
        if at_work:
            with suppress(ProcessLookupError):
                os.kill(random.choice(at_work), number)
                self.kill_count += 1
