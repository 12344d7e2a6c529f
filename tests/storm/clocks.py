"""Clocks that are wrong, jump, or change with the season; and days on which all was off."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.ground import Ground, Redis, wait_until
from tests.storm.crew import Crew
from tests.storm.papers import Papers
from tests.storm.sinks import SmtpSink
from tests.storm.site import RESULTS, Site
from tests.storm.trial import Background, Skipped, Trial, fault
from tests.storm.verdict import read_truth

FOLDER = Path(__file__).parent / "wrong_clock"
LIBRARIES = (
    "usr/lib/*/faketime/libfaketimeMT.so.1",
    "usr/lib64/faketime/libfaketimeMT.so.1",
    "usr/local/lib/faketime/libfaketimeMT.so.1",
)
HOUR = 3_600
DAY = 24 * HOUR


class WrongClock:
    """Of our own processes: by how many seconds it is off may change while they run."""

    def __init__(self, ground: Ground, seconds: float = 0) -> None:
        self.file = ground.new_folder("clock") / "offset"
        self.file.parent.chmod(0o755)  # PostgreSQL may run as somebody else
        self.set(seconds)

    def set(self, seconds: float) -> None:
        aside = self.file.with_suffix(".new")
        aside.write_text(f"{seconds:+.0f}")
        aside.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(FOLDER), "WRONG_CLOCK": str(self.file)}

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("env", *(f"{name}={value}" for name, value in self.environment.items()))


class ServersClock(WrongClock):
    """Of any program, by libfaketime."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def library() -> str:
    for pattern in LIBRARIES:
        for path in Path("/").glob(pattern):
            return str(path)
    raise Skipped("needs libfaketime: apt-get install faketime")


@fault("F16", "0 repeated, 0 in doubt")
def senders_clocks_wrong(trial: Trial) -> None:
    """The clocks of senders and workers are two hours ahead, two hours behind, and a third jumps
    between both each second; with Redis, whose messages are timed by the workers' clocks"""
    ahead, behind = WrongClock(trial.ground, 2 * HOUR), WrongClock(trial.ground, -2 * HOUR)
    jumping = WrongClock(trial.ground)
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


@fault("F17", "one edition a day, nothing more leaves, and what is left says why or waits")
def databases_clock_jumps(trial: Trial) -> None:
    """PostgreSQL's clock jumps a day ahead in the middle of an edition, and in another's a day
    back, with a worker and ticks"""
    readers, states = trial.times(3_000, 1_000), []
    for seconds, name in ((DAY, "a day ahead"), (-DAY, "a day back")):
        clock = ServersClock(trial.ground)
        server = trial.templates.postgres("faked")
        server.environment = clock.environment
        server.start()
        site = trial.site(server.url, sink := SmtpSink(trial.ground, {"delay": [0.2, 0.3]}))
        (day,) = site.seed(readers, 1)
        running = [site.worker(), site.timer(2)]
        sink.wait_for(readers // 4)
        clock.set(seconds)
        time.sleep(5)
        nothing_claimed(site, day)
        trial.bound(f"{name}: mails leave", sink.is_silent_for(trial.times(60, 5)))
        state, hold, _ = site.ledger.edition(day)
        left = {key: count for key, count in site.ledger.states(day).items() if key != "accepted"}
        states.append(f"{name}: {'on hold' if hold else state}, {left}")
        clock.set(0)
        time.sleep(trial.times(20, 5))
        for process in running:
            site.end(process)
        trial.judge(site, sink, expected=readers, verify=[])
        days = site.ledger.value("SELECT count(*) - count(DISTINCT date) FROM newsletter_edition")
        trial.bound(f"{name}: {days} days have two editions", days == 0)
        trial.tell(states[-1])
    trial.injected = "twice"
    trial.figures += states


def nothing_claimed(site: Site, day: str) -> None:
    """Wait until what was in a sender's hands has left: nothing calls that back."""
    states = site.ledger.states
    wait_until(lambda: not states(day)["sending"], seconds=60, what="what was claimed")


@fault("F18", "one edition a day, none missing, none twice, at the wall-clock time")
def clocks_change(trial: Trial) -> None:
    """The days on which summer time begins and ends, in Berlin, New York, Lord Howe and Casablanca,
    ticked through in steps of ten minutes; then the newsletter moves to another zone"""
    site = trial.sqlite_site()
    steps = trial.times(10, 60)
    told = site.run([sys.executable, "-m", "tests.storm.almanac", str(steps)], 1_200)
    lines = [line.split("\t") for line in told.splitlines() if line.count("\t") == 1]
    wrong = [f"{what}: {found}" for what, found in lines if found != "right"]
    trial.injected = f"{len(lines)} days and moves"
    trial.figure(f"{len(lines) - len(wrong)} right", holds=bool(lines))
    trial.broken += wrong


@fault("F18", "each edition to each reader once, in the first minute of the chosen hour")
def readers_clocks_change(trial: Trial) -> None:
    """Readers in Seoul, Berlin and Los Angeles with hours of their own, among them those that come
    twice or not at all, on the days around each change of European and American clocks in the
    winter of 2026; the clocks of PostgreSQL and of the worker are moved along"""
    clock, sink = ServersClock(trial.ground), SmtpSink(trial.ground, {})
    server = trial.templates.postgres("faked")
    server.environment = clock.environment
    server.start()
    with Papers() as papers:
        site = trial.site(server.url, sink, **papers.environment)
        command = [sys.executable, "-m", "tests.storm.mornings", str(clock.file)]
        told = site.run([*command, str(trial.times(4, 1))], 1_800)
    keep_table("mornings.tsv", told)
    lines = [line.split("\t") for line in told.splitlines()]
    wrong = [" ".join(line) for line in lines if "right" not in line]
    trial.injected = f"{trial.times(4, 1)} changes"
    trial.figure(f"{len(lines) - len(wrong)} mails at their hour", holds=bool(lines))
    trial.broken += wrong
    copies = read_truth(sink.journal).copies
    lost = [line for line in lines if len(line) == 6 and not copies[int(line[-1])]]
    trial.bound(f"{len(lost)} never arrived", not lost)
    trial.bound(f"{copies.most_common(1)} arrived twice", set(copies.values()) == {1})


def keep_table(name: str, text: str) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / name).write_text(text)


@fault("F27", "one edition is sent, and it is the newest")
def everything_off_for_three_days(trial: Trial) -> None:
    """Web, worker, clock and PostgreSQL are off for three days, and come back"""
    clock, servers_clock = WrongClock(trial.ground), ServersClock(trial.ground)
    sink, readers, mailed = SmtpSink(trial.ground), 50, []
    server = trial.templates.postgres("faked")
    server.environment = servers_clock.environment
    server.start()
    with Papers() as papers:
        site = trial.site(server.url, sink, **papers.environment)
        site.seed(readers, 0, **{"due-in": 5})
        site.environment |= clock.environment
        for after in (0, 3 * DAY + 60):
            clock.set(after)
            servers_clock.set(after)
            running = [site.worker(), site.timer(3)]
            sink.wait_for(sum(mailed) + readers, seconds=180)
            time.sleep(trial.times(30, 6))
            for process in running:
                site.end(process)
            mailed.append(sink.count() - sum(mailed))
            server.stop()
            server.start()
    editions = site.ledger.ask("SELECT date, state FROM newsletter_edition ORDER BY date")
    trial.injected = "once"
    sent = [day for day, state in editions if state == "done"]
    trial.figure(f"{len(sent) - 1} edition after three days", holds=len(sent) == 2)
    trial.bound(f"{mailed} mails before and after", mailed == [readers, readers])
    trial.bound(f"{editions}", (sent[-1] - sent[0]).days == 3)
    days = [str(day) for day in sent]
    trial.judge(site, sink, expected=readers * 2, verify=days)
