"""Clocks that are wrong, jump, or change with the season; and days on which all was off."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.ground import Ground, Redis, wait_until
from tests.storm.crew import Crew
from tests.storm.papers import Papers
from tests.storm.sinks import SmtpSink
from tests.storm.site import require
from tests.storm.trial import Background, Trial, fault

LIBRARIES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
)
HOUR = 3_600


class FakeClock:
    """How far a process's clock is off, in seconds; it may be changed while the process runs."""

    def __init__(self, ground: Ground, seconds: float = 0) -> None:
        require("faketime", "faketime")
        self.file = ground.new_folder("clock") / "offset"
        self.file.parent.chmod(0o755)
        self.set(seconds)

    def set(self, seconds: float) -> None:
        aside = self.file.with_suffix(".new")
        aside.write_text(f"{seconds:+.0f}s\n")
        aside.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("env", *(f"{name}={value}" for name, value in self.environment.items()))


def library() -> str:
    for pattern in LIBRARIES:
        for path in Path("/").glob(pattern.removeprefix("/")):
            return str(path)
    raise FileNotFoundError("faketime is installed without its library libfaketimeMT.so.1")


@fault("F16", "0 repeated, 0 in doubt")
def senders_clocks_wrong(trial: Trial) -> None:
    """The clocks of senders and workers are two hours ahead, two hours behind, and a third jumps
    between both each second; with Redis, whose messages are timed by the workers' clocks"""
    ahead, behind = FakeClock(trial.ground, 2 * HOUR), FakeClock(trial.ground, -2 * HOUR)
    jumping = FakeClock(trial.ground)
    steps = iter(range(1_000_000))
    sink, redis = SmtpSink(trial.ground), Redis(trial.ground)
    redis.start()
    site, _server = trial.postgres_site(sink, REDIS_URL=redis.url)
    readers, count = trial.times(3_000, 800), trial.times(6, 2)
    days = site.seed(readers, count)
    crew = Crew(site, commands=3, senders=1)
    crew.prefixes = [ahead.prefix, behind.prefix, jumping.prefix]
    for clock in (ahead, behind):
        site.worker(prefix=clock.prefix)
    site.timer(5)
    with Background(lambda: jumping.set((-2, 2)[next(steps) % 2] * HOUR), every=1):
        for day in days:
            crew.send(day)
            crew.settle()
    crew.end()
    trial.injected = f"{count} editions of {readers:,}"
    found = trial.judge(site, sink, expected=readers * count, verify=days)
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


@fault("F17", "one edition a slot, and on hold (or expired) with the reason")
def databases_clock_jumps(trial: Trial) -> None:
    """PostgreSQL's clock jumps a day ahead in the middle of an edition, and in that of the next a
    day back"""
    sink = SmtpSink(trial.ground, {"delay": [0.05, 0.1]})
    clock = FakeClock(trial.ground)
    server = trial.templates.postgres("faked")
    server.environment = clock.environment
    server.start()
    site = trial.site(server.url, sink)
    readers = trial.times(3_000, 1_000)
    days = site.seed(readers, 2)
    site.worker()
    for day, seconds in zip(days, (24 * HOUR, -24 * HOUR), strict=True):
        crew = Crew(site)
        crew.send(day)
        arrived = sink.count()
        sink.wait_for(arrived + readers // 4)
        clock.set(seconds)
        site.timer(2)
        time.sleep(trial.times(90, 15))
        state, hold, reason = site.ledger.edition(day)
        ahead = "a day ahead" if seconds > 0 else "a day back"
        told = f"on hold: {hold}" if hold else f"{state} {reason}".strip()
        trial.figure(f"{ahead}: {told}", holds=bool(hold) or state == "expired")
        clock.set(0)
        crew.end()
        trial.tell(ahead)
    trial.injected = "twice"
    count = site.ledger.value(
        "SELECT count(*) FROM newsletter_edition WHERE date IN (%s, %s)", *days
    )
    trial.bound(f"{count} editions of two days", count == 2)
    rows = site.ledger.states().total()
    trial.judge(site, sink, expected=rows, verify=[])


@fault("F18", "one edition a day, none missing, none twice, at the wall-clock time")
def clocks_change(trial: Trial) -> None:
    """The days on which summer time begins and ends, in Berlin, New York, Lord Howe and Casablanca,
    ticked through in steps of ten minutes; then the newsletter moves to another zone"""
    require("faketime", "faketime")
    site = trial.sqlite_site()
    steps = trial.times(10, 60)
    told = site.run([sys.executable, "-m", "tests.storm.almanac", str(steps)], 1_200)
    lines = [line.split("\t") for line in told.splitlines() if line.count("\t") == 1]
    wrong = [f"{what}: {found}" for what, found in lines if found != "right"]
    trial.injected = f"{len(lines)} days and moves"
    trial.figure(f"{len(lines) - len(wrong)} right", holds=bool(lines))
    trial.broken += wrong


@fault("F27", "one edition is sent, and it is the newest")
def everything_off_for_three_days(trial: Trial) -> None:
    """Web, worker and clock are off for three days, and come back"""
    clock = FakeClock(trial.ground)
    sink = SmtpSink(trial.ground)
    with Papers() as papers:
        site = trial.sqlite_site(sink, **papers.environment)
        readers = 50
        site.seed(readers, 0, **{"due-in": 5})
        for after in (0, 3 * 24 * HOUR + 60):
            clock.set(after)
            before = sink.count()
            site.environment |= clock.environment
            running = [site.worker(), site.timer(3)]
            wait_until(lambda at=before: sink.count() >= at + readers, seconds=180, what="mails")
            time.sleep(trial.times(30, 6))
            for process in running:
                site.end(process)
            if not after:
                at_first = sink.count()
    editions = site.ledger.ask("SELECT date, state FROM newsletter_edition ORDER BY date")
    trial.injected = "once"
    sent = [str(day) for day, state in editions if state == "done"]
    trial.figure(f"{len(sent) - 1} edition for three days", holds=len(sent) == 2)
    trial.bound(f"{at_first} mails before the outage", at_first == readers)
    trial.judge(site, sink, expected=readers * 2, verify=[])
