"""SQLite that is locked by somebody else, or finds its disk full."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.storm.crew import Crew
from tests.storm.disks import SmallDisk
from tests.storm.sinks import SmtpSink
from tests.storm.trial import Trial, fault

READERS = 6_000
SLOWLY = {"delay": [0.05, 0.1]}
LOCKED = 15  # seconds


@fault("F08", "0 in doubt")
def sqlite_locked(trial: Trial) -> None:
    """Another program holds SQLite's lock for 15 s, in the middle of an edition"""
    sink = SmtpSink(trial.ground, SLOWLY)
    site = trial.sqlite_site(sink)
    readers, times = trial.times(READERS, 1_500), trial.times(4, 1)
    (day,) = site.seed(readers, 1)
    crew, locked = Crew(site), 0
    crew.send(day)
    for _ in crew.until_settled():
        if locked < times and crew.at_work():
            time.sleep(1)
            lock(site.var / "paperboy.sqlite3", LOCKED)
            locked += 1
            trial.tell(f"{locked} of {times} locks")
            time.sleep(2)
    crew.end()
    trial.injected = f"{locked} locks of {LOCKED} s"
    found = trial.judge(site, sink, expected=readers, verify=[day])
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


def lock(path: Path, seconds: float) -> None:
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


@fault("F08", "0 lost, 0 repeated, the log says that the disk is full")
def sqlite_disk_full(trial: Trial) -> None:
    """The disk under SQLite and the journal is full for 10 s, in the middle of an edition"""
    disk = SmallDisk(trial.ground)
    sink = SmtpSink(trial.ground, SLOWLY)
    site = disk.sqlite_site(trial, sink)
    readers = trial.times(READERS, 1_500)
    (day,) = site.seed(readers, 1)
    crew = Crew(site, commands=1)
    crew.send(day)
    sink.wait_for(readers // 4)
    disk.fill()
    refilled_until = time.monotonic() + trial.times(10, 5)
    while time.monotonic() < refilled_until:
        crew.fill_up()
        time.sleep(0.5)
    trial.bound("mails left with the disk full", sink.is_silent_for(2))
    disk.empty()
    crew.settle()
    crew.end()
    says = "disk is full" in site.log.read_text() or "No space left" in site.log.read_text()
    trial.injected = "once"
    found = trial.judge(site, sink, expected=readers, verify=[day])
    trial.figure(f"{found.in_doubt} in doubt; the log {'says' if says else 'does not say'} why")
    trial.bound("the log does not say that the disk is full", says)
