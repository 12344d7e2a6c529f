"""People: who press twice, at once, or in the middle; and readers who come and go meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.ground import free_port
from tests.storm.crew import Crew
from tests.storm.desk import Desk
from tests.storm.sinks import SmtpSink
from tests.storm.trial import Trial, fault

READERS = 20_000
AT_ONCE = {"delay": 0}
MOST_SECONDS = 2.0
CLICKS = 20


@fault("hold", "the last mail leaves within 2 s of the command's end")
def held_and_cancelled(trial: Trial) -> None:
    """`hold_edition`, then `resume_edition`, then `cancel_edition`, at full speed with four
    senders"""
    sink = SmtpSink(trial.ground, AT_ONCE)
    site, _server = trial.postgres_site(sink)
    readers, rounds = trial.times(READERS, 8_000), trial.times(5, 1)
    days = site.seed(readers, rounds)
    held, cancelled, rates = [], [], []
    for number, day in enumerate(days):
        crew = Crew(site)
        crew.send(day)
        before = sink.count()
        sink.wait_for(before + readers // 10)
        rates.append(speed(sink))
        site.manage("hold_edition", day)
        held.append(seconds_until_silent(sink))
        site.manage("resume_edition", day)
        crew.send(day)
        sink.wait_for(before + readers // 5 + 1)
        site.manage("cancel_edition", day, "--reason", "a storm")
        cancelled.append(seconds_until_silent(sink))
        crew.end()
        site.manage("tick")  # what its senders gave back ends as unsent
        trial.tell(f"{number + 1} of {rounds}")
    trial.injected = f"{rounds} times each, at {max(rates):,.0f} mails/s"
    for verb, seconds in (("hold", held), ("cancel", cancelled)):
        worst = max(seconds)
        trial.figure(f"{verb}: {worst:.1f} s at most", holds=worst <= MOST_SECONDS)
    found = trial.judge(site, sink, expected=readers * rounds, verify=days)
    trial.figure(f"{found.in_doubt} in doubt")


def speed(sink: SmtpSink) -> float:
    """Mails a second, just now."""
    before, started_at = sink.count(), time.monotonic()
    time.sleep(1)
    return (sink.count() - before) / (time.monotonic() - started_at)


def seconds_until_silent(sink: SmtpSink) -> float:
    """From now to the last mail that arrives."""
    commanded_at = time.time()
    time.sleep(MOST_SECONDS)
    while not sink.is_silent_for(1):
        if time.time() > commanded_at + 60:
            break
    return max(0.0, max(arrival.at for arrival in sink.arrivals()) - commanded_at)


@fault("F19", "one click of twenty counts, the others are told; 0 repeated")
def clicked_twenty_times(trial: Trial) -> None:
    """Twenty clicks at once, of two editors, on the page as they saw it: approve, hold, resume and
    cancel, while senders and ticks are at work"""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink, SITE_URL=f"http://127.0.0.1:{free_port()}")
    readers, rounds = trial.times(3_000, 500), trial.times(5, 1)
    days = site.seed(readers, rounds, approved=0)
    desk = Desk(site)
    counted: dict[str, int] = dict.fromkeys(("approve", "hold", "resume", "cancel"), 0)
    for day in days:
        counted["approve"] += click(desk, day, "approve")
        crew = Crew(site)
        crew.send(day)
        time.sleep(2)
        counted["hold"] += click(desk, day, "hold")
        counted["resume"] += click(desk, day, "resume")
        crew.send(day)
        time.sleep(0.5)
        counted["cancel"] += click(desk, day, "cancel")
        crew.end()
        trial.tell(day)
    desk.close()
    trial.injected = f"{CLICKS} clicks on 4 buttons of {rounds} editions"
    told = ", ".join(f"{verb} {count}" for verb, count in counted.items())
    is_once = all(count == rounds for count in counted.values())
    trial.figure(f"of {rounds} each, counted: {told}", holds=is_once)
    site.manage("tick")
    rows = site.ledger.states().total()
    trial.judge(site, sink, expected=rows, verify=[])


def click(desk: Desk, day: str, verb: str) -> int:
    """How many of the clicks did something."""
    seen_version, before = desk.version(day), desk.pressed()
    with ThreadPoolExecutor(CLICKS) as editors:
        clicks = [editors.submit(desk.press, day, verb, seen_version) for _ in range(CLICKS)]
        for each in clicks:
            each.result()
    return desk.pressed() - before
