"""Senders that are stopped and go on later, as if nothing had happened (SIGSTOP, SIGCONT)."""

from __future__ import annotations

import os
import random
import signal
import time

from tests.ground import wait_until
from tests.storm.crew import Crew
from tests.storm.sinks import SmtpSink
from tests.storm.site import Site
from tests.storm.trial import Trial, fault

READERS = 6_000
LEASE = 300  # seconds


@fault("F20", "0 repeated, 0 in doubt: a stopped sender keeps what it holds")
def senders_stopped(trial: Trial) -> None:
    """SIGSTOP of a sender at a random moment, SIGCONT while others send, or when all else is sent;
    once only after three times its lease"""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink)
    readers, rounds = trial.times(READERS, 1_500), trial.times(12, 1)
    days = site.seed(readers, rounds)
    for number, day in enumerate(days, start=1):
        crew = Crew(site)
        crew.send(day)
        stopped = stop_one(crew)
        if number % 2:
            wait_for_all_else(site, day)
            time.sleep(trial.times(10 if number > 1 else 3 * LEASE, 3))
        else:
            time.sleep(random.uniform(0.5, 3))
        os.kill(stopped, signal.SIGCONT)
        crew.settle()
        crew.end()
        trial.tell(f"{number} of {rounds}")
    trial.injected = f"{rounds} times"
    found = trial.judge(site, sink, expected=readers * rounds, verify=days)
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


@fault("F20", "0 repeated, 0 late writes that count: what it held is in doubt")
def stopped_senders_held_for_dead(trial: Trial) -> None:
    """SIGSTOP of a sender; its database session is cut and its lease set to be over, a sender on
    another machine takes its slice, then SIGCONT"""
    sink = SmtpSink(trial.ground)
    site, server = trial.postgres_site(sink)
    elsewhere = trial.site(server.url, sink)
    readers, rounds = trial.times(READERS, 1_500), trial.times(10, 1)
    days = site.seed(readers, rounds)
    for number, day in enumerate(days, start=1):
        crew, others = Crew(site, commands=1), Crew(elsewhere, commands=1)
        crew.send(day)
        stopped = stop_one(crew)
        hold_for_dead(site, stopped)
        others.send(day)
        wait_for_take_over(site, stopped)
        os.kill(stopped, signal.SIGCONT)
        crew.settle()
        crew.end()
        others.end()
        trial.tell(f"{number} of {rounds}")
    trial.injected = f"{rounds} times"
    found = trial.judge(site, sink, expected=readers * rounds, verify=days)
    trial.figure(f"{found.in_doubt} in doubt, {found.arrived} of them arrived")


def stop_one(crew: Crew) -> int:
    """At a random moment while it has a slice in its hands; its process id."""
    for _ in crew.until_settled():
        if crew.at_work():
            time.sleep(random.uniform(0, 1))
            stopped = crew.hit_one(signal.SIGSTOP)
            if stopped:
                return stopped
    raise TimeoutError("the edition was over before a sender could be stopped")


def wait_for_all_else(site: Site, day: str) -> None:
    wait_until(lambda: not site.ledger.states(day)["pending"], seconds=120, what="all else")


def wait_for_take_over(site: Site, pid: int) -> None:
    wait_until(lambda: pid not in site.ledger.senders(), seconds=120, what="the take-over")


def hold_for_dead(site: Site, pid: int) -> None:
    """As if the machine had been away for longer than its lease."""
    ledger = site.ledger
    ledger.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_locks"
        " WHERE locktype = 'advisory' AND objid::bigint IN"
        " (SELECT hashtextextended(owner, 0) & 4294967295 FROM newsletter_slice"
        "     WHERE settled_at IS NULL AND owner LIKE %s)",
        f"%:{pid}:%",
    )
    ledger.do(
        "UPDATE newsletter_slice SET lease_until = now() - interval '1 second'"
        " WHERE settled_at IS NULL AND owner LIKE %s",
        f"%:{pid}:%",
    )
