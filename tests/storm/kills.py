"""Senders that are killed, or asked to end, at random moments."""

from __future__ import annotations

import random
import signal
import time

from tests.storm.crew import Crew
from tests.storm.sinks import HttpSink, Sink, SmtpSink
from tests.storm.site import Site
from tests.storm.trial import Trial, fault
from tests.storm.verdict import Verdict

READERS = 6_000
EDITIONS = 60  # more than the kills can last for
CONNECTIONS = 4
PAUSES = (0.1, 0.6)  # seconds between two kills
A_BATCH = 10
SLOW_PROVIDER = {"kind": "stall", "seconds": 0.05}


@fault(
    "F01", "0 lost, 0 repeated, at most 1 in doubt per connection of a killed sender", alone=True
)
def senders_killed(trial: Trial) -> None:
    """`kill -9` of one of four senders at a random moment; SMTP, PostgreSQL"""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink)
    found = hit_senders(trial, site, sink, trial.times(200, 6))
    at_most_one_a_connection(trial, found)


@fault("F01", "0 lost, 0 repeated, at most 1 in doubt per connection of a killed sender")
def senders_killed_on_sqlite(trial: Trial) -> None:
    """`kill -9` of one of four senders at a random moment; SMTP, SQLite"""
    sink = SmtpSink(trial.ground)
    found = hit_senders(trial, trial.sqlite_site(sink), sink, trial.times(50, 4))
    at_most_one_a_connection(trial, found)


@fault("F02", "0 lost, 0 repeated, 0 left in doubt", alone=True)
def senders_killed_with_a_key(trial: Trial) -> None:
    """`kill -9` of one of four senders at a random moment; Resend's API, which honours idempotency
    keys, ten mails a call"""
    sink = HttpSink(trial.ground, "resend", SLOW_PROVIDER)
    site, _server = trial.postgres_site(sink)
    found = hit_senders(trial, site, sink, trial.times(200, 6), **{"batch-size": A_BATCH})
    trial.figure(f"{found.in_doubt} left in doubt", holds=found.in_doubt == 0)


@fault("F03", "0 in doubt, every sender gone within 10 s")
def senders_told_to_end(trial: Trial) -> None:
    """SIGTERM to a command with two senders, as a deployment does"""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink)
    slowest = 0.0

    def end_one(crew: Crew) -> None:
        nonlocal slowest
        at_work = [each for each in crew.running if {each.pid} & set(crew.at_work())]
        if at_work:
            started_at = time.monotonic()
            site.end(process := random.choice(at_work), signal.SIGTERM)
            slowest = max(slowest, time.monotonic() - started_at)
            crew.running.remove(process)
            crew.hit_count += 1

    found = hit_senders(trial, site, sink, trial.times(50, 4), hit=end_one, verb="SIGTERMs")
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)
    trial.figure(f"gone after {slowest:.1f} s at most", holds=slowest <= 10)


@fault("F08", "0 lost, 0 repeated, at most 1 in doubt per connection of a killed sender")
def commands_killed_on_sqlite(trial: Trial) -> None:
    """`kill -9` of a command with both its senders at once; SMTP, SQLite"""
    sink = SmtpSink(trial.ground)
    site = trial.sqlite_site(sink)

    def kill_both(crew: Crew) -> None:
        at_work = set(crew.at_work())
        busy = [each for each in crew.running if each.pid in at_work]
        if busy:
            site.end(process := random.choice(busy))
            crew.running.remove(process)
            crew.hit_count += 1

    found = hit_senders(trial, site, sink, trial.times(100, 4), hit=kill_both)
    at_most_one_a_connection(trial, found)


def hit_senders(
    trial: Trial,
    site: Site,
    sink: Sink,
    times: int,
    *,
    hit=Crew.hit_one,
    verb: str = "kills",
    **seeds: int,
) -> Verdict:
    """Edition after edition, until so many were hit."""
    readers = trial.times(READERS, 1_500)
    days = site.seed(readers, trial.times(EDITIONS, 3), connections=CONNECTIONS, **seeds)
    crew, sent = Crew(site), []
    while crew.hit_count < times and days:
        sent.append(days.pop(0))
        crew.send(sent[-1])
        for _ in crew.until_settled():
            if crew.hit_count < times:
                time.sleep(random.uniform(*PAUSES))
                hit(crew)
        trial.tell(f"{crew.hit_count} of {times} {verb}, {len(sent)} editions")
    crew.end()
    trial.injected = f"{crew.hit_count} {verb} in {len(sent)} editions of {readers:,}"
    found = trial.judge(site, sink, expected=readers * len(sent), verify=sent)
    trial.bound(f"only {crew.hit_count} {verb}", crew.hit_count >= times or trial.is_short)
    return found


def at_most_one_a_connection(trial: Trial, found: Verdict) -> None:
    worst = max(found.doubts_by_owner.values(), default=0)
    trial.figure(f"{worst} of one sender at most", holds=worst <= CONNECTIONS)
