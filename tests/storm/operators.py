"""People: who press twice, at once, or in the middle; and readers who come and go meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.ground import free_port
from tests.storm.crew import Crew
from tests.storm.desk import Desk
from tests.storm.sinks import SmtpSink
from tests.storm.site import Site
from tests.storm.trial import Trial, fault

READERS = 20_000
AT_ONCE = {"delay": 0}
MOST_SECONDS = 2.0
CLICKS = 20

Order = Callable[[str, str], object]  # a verb, and the day of an edition


@fault("hold", "the last mail leaves within 2 s of the order", alone=True)
def held_and_cancelled(trial: Trial) -> None:
    """Hold, resume, then cancel, at full speed with four senders: by commands, whose own start
    counts, too, and by the desk's buttons"""
    sink = SmtpSink(trial.ground, AT_ONCE)
    site, _server = trial.postgres_site(sink, SITE_URL=f"http://127.0.0.1:{free_port()}")
    readers, rounds = READERS, trial.times(5, 1)
    days = site.seed(readers, 2 * rounds)
    desk = Desk(site)
    rates, by_command, by_button = [], commands(site), buttons(desk)
    for way, order, of_way in (
        ("command", by_command, days[:rounds]),
        ("button", by_button, days[rounds:]),
    ):
        seconds = [stop_twice(site, sink, day, order, rates) for day in of_way]
        for verb, taken in zip(("hold", "cancel"), zip(*seconds, strict=True), strict=True):
            worst = max(taken)
            trial.figure(f"{verb} by {way}: {worst:.1f} s at most", holds=worst <= MOST_SECONDS)
        trial.tell(f"{rounds} of {rounds} by {way}")
    desk.close()
    trial.injected = f"{2 * rounds} times each, at {max(rates):,.0f} mails/s"
    found = trial.judge(site, sink, expected=readers * len(days), verify=days)
    trial.figure(f"{found.in_doubt} in doubt")


def commands(site: Site) -> Order:
    reason = {"cancel": ("--reason", "a storm")}
    return lambda verb, day: site.manage(f"{verb}_edition", day, *reason.get(verb, ()))


def buttons(desk: Desk) -> Order:
    return lambda verb, day: desk.press(day, verb, desk.version(day))


def stop_twice(
    site: Site, sink: SmtpSink, day: str, order: Order, rates: list[float]
) -> tuple[float, float]:
    """Seconds until the last mail of an edition that is held, and after that is cancelled."""
    crew = Crew(site)
    crew.send(day)
    sink.wait_for(sink.count() + READERS // 10)
    rates.append(speed(sink))
    held = seconds_to_stop(sink, lambda: order("hold", day))
    order("resume", day)
    crew.send(day)
    sink.wait_for(sink.count() + READERS // 10)
    cancelled = seconds_to_stop(sink, lambda: order("cancel", day))
    crew.end()
    site.manage("tick")  # what its senders gave back ends as unsent
    return held, cancelled


def speed(sink: SmtpSink) -> float:
    """Mails a second, just now."""
    before, started_at = sink.count(), time.monotonic()
    time.sleep(1)
    return (sink.count() - before) / (time.monotonic() - started_at)


def seconds_to_stop(sink: SmtpSink, order: Callable[[], object]) -> float:
    """From the moment the order is given to the last mail that arrives."""
    given_at = time.time()
    order()
    time.sleep(MOST_SECONDS)
    while not sink.is_silent_for(1) and time.time() < given_at + 60:
        pass
    return max(0.0, max(arrival.at for arrival in sink.arrivals()) - given_at)


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
