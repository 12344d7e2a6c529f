"""Readers who come, leave and complain while an edition is on its way; and unwritable ones."""

from __future__ import annotations

import json
import sys

from tests.ground import wait_until
from tests.storm.crew import Crew
from tests.storm.providers import clock_and_worker, wait_for_end
from tests.storm.sinks import SmtpSink
from tests.storm.trial import Trial, fault

SLOWLY = {"delay": [0.1, 0.2]}
IN_FLIGHT = 1.0  # seconds: a look each half second, and the mail that has begun by then


@fault(
    "F22",
    "no mail later than 1 s after its reader left; nobody who came meanwhile is mailed",
    alone=True,
)
def readers_come_and_go(trial: Trial) -> None:
    """Readers unsubscribe, complain (a suppression), or subscribe and confirm, while four senders
    are at work"""
    sink = SmtpSink(trial.ground, SLOWLY)
    site, _server = trial.postgres_site(sink)
    readers, events = trial.times(6_000, 1_200), trial.times(1_000, 200)
    (day,) = site.seed(readers, 1)
    crew = Crew(site)
    crew.send(day)
    wait_until(lambda: sink.count() > 0, seconds=60, what="the first mail")
    count = [f"--events={events}", f"--seconds={readers / 150:.0f}"]
    told = site.run([sys.executable, "-m", "tests.storm.leavers", *count], 300)
    crew.settle()
    crew.end()
    happened = [json.loads(line) for line in told.splitlines()]
    left_at = {each["address"]: each["at"] for each in happened if each["kind"] != "confirmed"}
    came = {each["address"] for each in happened} - set(left_at)
    arrivals = sink.arrivals()
    late = [
        arrival.at - left_at[arrival.recipient]
        for arrival in arrivals
        if left_at.get(arrival.recipient, arrival.at) < arrival.at
    ]
    trial.injected = f"{events} events"
    trial.judge(site, sink, expected=readers, verify=[day])
    spared = site.ledger.states(day)["suppressed"]
    latest = max(late, default=0.0)
    trial.figure(f"{spared} spared, {len(late)} in flight, {latest:.2f} s after leaving at most")
    trial.bound(f"a mail {latest:.2f} s after its reader left", latest <= IN_FLIGHT)
    mailed = sum(arrival.recipient in came for arrival in arrivals)
    trial.bound(f"{mailed} mailed who came later", mailed == 0)


@fault("F24", "these are not mailed and listed; all others are")
def readers_who_cannot_be_written_to(trial: Trial) -> None:
    """Addresses in the tables that no form would have let in: with a line break and a header, with
    a bracket and a command, with letters that the relay cannot carry"""
    plain = ["PIPELINING", "8BITMIME", "SIZE 52428800"]
    sink = SmtpSink(trial.ground, {"offers": plain})
    site, _server = trial.postgres_site(sink)
    readers = trial.times(1_000, 300)
    (day,) = site.seed(readers, 1)
    bad = [
        "reader@example.org\r\nBcc: other@example.org",
        "reader@example.org>\r\nRCPT TO:<other@example.org",
        "읽는이@example.org",
    ]
    for place, address in enumerate(bad):
        key = readers // len(bad) * place + 1
        site.ledger.do(
            "UPDATE newsletter_subscriber SET email = %s WHERE id ="
            " (SELECT id FROM newsletter_subscriber ORDER BY id LIMIT 1 OFFSET %s)",
            address,
            key,
        )
    with clock_and_worker(site):
        sink.wait_for(readers - len(bad), seconds=120)
        wait_for_end(site, day, trial.times(600, 30))
    trial.injected = f"{len(bad)} of {readers:,} readers"
    found = trial.judge(site, sink, expected=readers, verify=[day])
    unsent = readers - found.mails
    trial.figure(f"{unsent} not mailed: {dict(site.ledger.states(day))}", holds=unsent == len(bad))
    strays = [line for line in sink.journal.read_text().splitlines() if "other@" in line]
    trial.bound("a header was smuggled in", not strays)
