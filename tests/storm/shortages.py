"""Processes for which the machine has no more memory, files, or room on its disk."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.storm.crew import Crew
from tests.storm.disks import SmallDisk
from tests.storm.kills import CONNECTIONS, at_most_one_a_connection, hit_senders
from tests.storm.sinks import SmtpSink
from tests.storm.trial import Trial, fault

READERS = 6_000
SLOWLY = {"delay": [0.05, 0.1]}
DATABASE_MEGABYTES = 128
FULL = 10  # seconds


@fault("F23", "0 lost, 0 repeated, at most 1 in doubt per connection")
def journals_disk_full(trial: Trial) -> None:
    """The disk under the journal, but not that of PostgreSQL, is full for 10 s"""
    disk, sink = SmallDisk(trial.ground), SmtpSink(trial.ground, SLOWLY)
    site, _server = trial.postgres_site(sink, VAR_DIR=str(disk.folder))
    site.prefix = disk.prefix
    readers, times = trial.times(READERS, 1_500), trial.times(5, 1)
    days = site.seed(readers, times, connections=CONNECTIONS)
    for day in days:
        crew = Crew(site)
        crew.send(day)
        sink.wait_for(sink.count() + readers // 4)
        disk.fill()
        time.sleep(2)  # in which what had begun comes back
        trial.bound("mails left with the journal's disk full", sink.is_silent_for(FULL - 2))
        disk.empty()
        crew.settle()
        crew.end()
        trial.tell(f"{day}: {site.ledger.edition(day)}")
    trial.injected = f"{times} times"
    found = trial.judge(site, sink, expected=readers * times, verify=days)
    says = "No space left" in site.log.read_text()
    trial.figure(f"{found.in_doubt} in doubt; the log {'says' if says else 'does not say'} why")
    trial.bound("the log does not say that the disk is full", says)
    at_most_one_a_connection(trial, found)


@fault("F23", "0 lost, 0 repeated, 0 in doubt")
def postgres_disk_full(trial: Trial) -> None:
    """The disk under PostgreSQL is full for 10 s, in which it may end; then there is room, and it
    is started again"""
    disk, sink = SmallDisk(trial.ground, DATABASE_MEGABYTES), SmtpSink(trial.ground, SLOWLY)
    server = disk.postgres(trial)
    server.start()
    site = trial.site(server.url, sink)
    readers, times = trial.times(READERS, 1_500), trial.times(5, 1)
    days, gave_up = site.seed(readers, times), 0
    for day in days:
        crew = Crew(site)
        crew.send(day)
        sink.wait_for(sink.count() + readers // 4)
        disk.fill()
        time.sleep(FULL)
        gave_up += server.process.poll() is not None
        disk.empty()
        if server.process.poll() is None:
            server.stop(signal.SIGQUIT)
        else:
            trial.ground.ended(server.process)
        server.start()
        crew.settle()
        crew.end()
        trial.tell(day)
    trial.injected = f"{times} times, and PostgreSQL ended by itself {gave_up} times"
    complaints = (server.folder / "log").read_text().count("No space left")
    trial.figure(f"PostgreSQL says so {complaints} times", holds=complaints > 0)
    found = trial.judge(site, sink, expected=readers * times, verify=days)
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


@fault("F23", "0 lost, 0 repeated, at most 1 in doubt per connection of such a sender")
def senders_without_memory(trial: Trial) -> None:
    """A sender at work gets not one page of memory more (RLIMIT_AS)"""
    starve(trial, resource.RLIMIT_AS, address_space, "MemoryError")


@fault("F23", "0 lost, 0 repeated, at most 1 in doubt per connection of such a sender")
def senders_without_files(trial: Trial) -> None:
    """A sender at work can open no file and no connection more (RLIMIT_NOFILE)"""
    starve(trial, resource.RLIMIT_NOFILE, lambda pid: 3, "Too many open files")


def starve(trial: Trial, what: int, to: Callable[[int], int], says: str) -> None:
    """Leave senders with what they have. A signal that means nothing finds them."""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink)

    def strike(crew: Crew) -> None:
        pid = crew.hit_one(signal.SIGCONT)
        if pid:
            limit_to(pid, what, to)

    times = trial.times(50, 6)
    found = hit_senders(trial, site, sink, times, hit=strike, verb="senders limited")
    complaints = site.log.read_text().count(says)
    trial.figure(f"the log says {says!r} {complaints} times", holds=complaints > 0)
    trial.figure(f"{found.in_doubt} in doubt")
    at_most_one_a_connection(trial, found)


def limit_to(pid: int, what: int, to: Callable[[int], int]) -> None:
    with suppress(ProcessLookupError, FileNotFoundError):  # it may have ended
        _soft, hard = resource.prlimit(pid, what)
        resource.prlimit(pid, what, (to(pid), hard))


def address_space(pid: int) -> int:
    """In octets, what a process has now."""
    pages, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    return int(pages) * resource.getpagesize()
