"""Senders that are killed while they write down who is to be mailed."""

from __future__ import annotations

import random
import subprocess
import time

from tests.ground import free_port
from tests.storm.site import Site
from tests.storm.trial import Trial, fault

READERS = 100_000
KILLS_AN_EDITION = 5  # more would leave nothing to do for the last ones
SECONDS_TO_BEGIN = 60


@fault("F21", "0 missing, 0 extra")
def freezing_killed(trial: Trial) -> None:
    """`kill -9` while the audience of 100,000 readers is frozen, and again while the rest of it is;
    the way out is closed, so that nothing is sent"""
    kills = trial.times(20, 3)
    readers = trial.times(READERS, 20_000)
    site, _server = trial.postgres_site(EMAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    editions = -(-kills // KILLS_AN_EDITION)
    days = site.seed(readers, editions)
    partly = missing = extra = 0
    for number in range(kills):
        partly += kill_while_freezing(site, days[number // KILLS_AN_EDITION])
        trial.tell(f"{number + 1} of {kills} kills")
    for day in days:
        finish(site, day)
        found = site.ledger.states(day).total()
        subscribers = site.ledger.value(
            "SELECT count(DISTINCT subscriber_id) FROM newsletter_delivery AS delivery"
            " JOIN newsletter_edition AS edition ON edition.id = edition_id WHERE date = %s",
            day,
        )
        missing += readers - subscribers
        extra += found - subscribers
        trial.verify(site, day)
    trial.injected = f"{kills} kills, {partly} of them in the middle, {editions} editions"
    trial.figure(f"{missing} missing, {extra} extra", holds=missing == extra == 0)


def kill_while_freezing(site: Site, day: str) -> bool:
    """Whether it was killed with some rows written, and not all."""
    before = site.ledger.states(day).total()
    process = site.send(day)
    wait_for_rows(site, day, before, process)
    time.sleep(random.uniform(0, 0.1))
    site.end(process)
    return site.ledger.state(day) == "freezing" and site.ledger.states(day).total() > 0


def wait_for_rows(site: Site, day: str, before: int, process: subprocess.Popen) -> None:
    """Until it has begun to write; one that has nothing more to write is as good."""
    deadline = time.monotonic() + SECONDS_TO_BEGIN
    while site.ledger.state(day) in ("approved", "freezing"):
        if site.ledger.states(day).total() > before or process.poll() is not None:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{day} does not begin: {site.ledger.edition(day)}")


def finish(site: Site, day: str) -> None:
    process = site.send(day)
    deadline = time.monotonic() + SECONDS_TO_BEGIN
    while site.ledger.state(day) in ("approved", "freezing") and time.monotonic() < deadline:
        time.sleep(0.2)
    site.end(process)
