"""Relays and providers that are too busy, refuse, answer nonsense, or take mail and say nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.ground import wait_until
from tests.storm.sinks import HttpSink, Sink, SmtpSink
from tests.storm.site import Site
from tests.storm.trial import Background, Trial, fault
from tests.storm.verdict import DOUBTFUL

CONNECTIONS = 4
IN_A_ROW = 5  # in doubt, which open a channel's breaker
SETTLED = ("done", "cancelled", "expired")


@contextmanager
def clock_and_worker(site: Site) -> Iterator[None]:
    """A worker with one process, woken every few seconds."""
    running = [site.worker("--concurrency", "1"), site.timer(4)]
    yield
    for process in running:
        site.end(process)


def wait_for_end(site: Site, day: str, seconds: float) -> None:
    try:
        wait_until(lambda: site.ledger.state(day) in SETTLED, seconds=seconds)
    except TimeoutError:
        stands = f"{site.ledger.edition(day)} with {dict(site.ledger.states(day))}"
        raise TimeoutError(f"after {seconds} s the edition is {stands}") from None


def wait_for_the_last(site: Site, day: str) -> None:
    """Until only doubts are left, which may wait for evidence for a day."""
    over = (*SETTLED, "settling")
    wait_until(lambda: site.ledger.state(day) in over, seconds=600, what=f"the last of {day}")


@fault("F09", "at most the calls already under way during a cool-down; no attempt burned")
def too_many_requests(trial: Trial) -> None:
    """HTTP 429 on every tenth call, with `Retry-After: 1`, then without; ten mails a call, 300 a
    second allowed by the channel"""
    sink = HttpSink(trial.ground, "resend")
    site, _server = trial.postgres_site(sink)
    readers = trial.times(3_000, 500)
    days = site.seed(readers, 2, **{"batch-size": 10, "rate": 300})
    cooling = Cooling(site)
    with clock_and_worker(site), Background(cooling.look, every=0.1):
        for day, asked in zip(days, ("1", ""), strict=True):
            refusal = {"kind": "status", "status": 429, "retry_after": asked, "every": 10}
            sink.misbehave([refusal])
            wait_for_end(site, day, 600)
            trial.tell(day)
    trial.injected = f"every tenth call of 2 editions of {readers:,}"
    found = trial.judge(site, sink, expected=2 * readers, verify=days)
    late = cooling.mails_during(sink)
    trial.figure(f"{len(cooling.periods)} cool-downs, {late} mails during them", holds=late <= 10)
    attempts = site.ledger.value("SELECT max(attempts) FROM newsletter_delivery")
    trial.figure(f"{attempts} attempt a mail", holds=attempts == 1)
    trial.bound(f"{found.in_doubt} in doubt", found.in_doubt == 0)


class Cooling:
    """Watches when a site's channel has to wait, and until when."""

    UNDER_WAY = 0.5  # seconds that a call may take which has left before

    def __init__(self, site: Site) -> None:
        self.site = site
        self.periods: dict[float, float] = {}  # until when, and since when we know of it

    def look(self) -> None:
        (until,) = self.site.ledger.ask("SELECT max(cool_until) FROM newsletter_channel")[0]
        if until and until > datetime.now(UTC):
            self.periods.setdefault(until.timestamp(), time.time())

    def mails_during(self, sink: Sink) -> int:
        moments = [arrival.at for arrival in sink.arrivals()]
        return sum(
            since + self.UNDER_WAY < moment < until
            for until, since in self.periods.items()
            for moment in moments
        )


@fault("F10", "every 500, 502 and 504 is in doubt, whether the mail was taken or not")
def server_errors(trial: Trial) -> None:
    """HTTP 500, 502, 504, each before and after the mail is taken, at random; one mail a call, and
    no idempotency keys (Mailtrap)"""
    share = 0.0015  # of the calls, each: with more than 3 % together, the breaker opens (F11)
    errors = [
        {"kind": "status", "status": status, "after": is_after, "share": share}
        for status in (500, 502, 504)
        for is_after in (False, True)
    ]
    sink = HttpSink(trial.ground, "mailtrap", *errors)
    site, _server = trial.postgres_site(sink)
    readers = trial.times(6_000, 1_000)
    (day,) = site.seed(readers, 1)
    with clock_and_worker(site):
        wait_for_end(site, day, 1_200)
    found = trial.judge(site, sink, expected=readers, verify=[day])
    trial.injected = f"{found.in_doubt} of {readers:,} calls"
    matrix = confusion(site, sink)
    for (status, was_taken), count in sorted(matrix.items()):
        trial.figure(f"{status} {'after' if was_taken else 'before'}: {count} in doubt")
    refused = site.ledger.states(day)["rejected"]
    trial.bound(f"{refused} rejected for an error of the server", refused == 0)


def confusion(site: Site, sink: Sink) -> Counter[tuple[str, bool]]:
    """By what was answered, and whether the mail was taken: how many are in doubt."""
    taken = {arrival.delivery_id for arrival in sink.arrivals()}
    rows = site.ledger.ask("SELECT id, state, doubt_reason FROM newsletter_delivery")
    return Counter((why, key in taken) for key, state, why in rows if state in DOUBTFUL)


@fault("F11", "in doubt: at most 5 and one per connection, however long it lasts")
def timeouts_after_the_yes(trial: Trial) -> None:
    """A provider takes every mail and answers none (a brown-out); one mail a call, four at once;
    then it works again"""
    sink = HttpSink(trial.ground, "mailtrap", {"kind": "stall", "seconds": 0.05})
    site, _server = trial.postgres_site(sink)
    silence = {"kind": "stall", "after": True, "seconds": 900}
    brown_out(trial, site, sink, [silence], seconds=trial.times(600, 70))


@fault("F11", "in doubt: at most 5 and one per connection, however long it lasts")
def lines_cut_after_the_yes(trial: Trial) -> None:
    """A relay takes every mail and cuts the line instead of an answer; four connections; then it
    works again"""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink)
    silence = {"faults": [{"at": "accepted", "cut": True}]}
    brown_out(trial, site, sink, silence, seconds=trial.times(180, 15))


def brown_out(trial: Trial, site: Site, sink: Sink, silence: object, *, seconds: float) -> None:
    readers = trial.times(2_000, 600)
    (day,) = site.seed(readers, 1, connections=CONNECTIONS)
    with clock_and_worker(site):
        sink.wait_for(readers // 4)
        sink.misbehave(silence)
        time.sleep(seconds)
        sink.misbehave([] if isinstance(silence, list) else {})
        wait_for_end(site, day, 600)
    trial.injected = f"{seconds} s"
    found = trial.judge(site, sink, expected=readers, verify=[day])
    most = IN_A_ROW + CONNECTIONS
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt <= most)


@fault("F12", "0 in doubt, everybody mailed")
def told_to_come_back(trial: Trial) -> None:
    """A relay says 451 to 5 % of recipients, 450 4.7.1 to 1 % of them, 421 to 1 % of senders and
    452 to 1 % of messages, and takes them the next time"""
    later = [
        {"at": "RCPT", "rate": 0.05, "reply": "451 4.3.0 try again"},
        {"at": "RCPT", "rate": 0.01, "reply": "450 4.7.1 greylisted"},
        {"at": "MAIL", "rate": 0.01, "reply": "421 4.3.2 busy"},
        {"at": "dot", "rate": 0.01, "reply": "452 4.3.1 disk full"},
    ]
    sink = SmtpSink(trial.ground, {"faults": later})
    site, _server = trial.postgres_site(sink)
    readers = trial.times(3_000, 400)
    (day,) = site.seed(readers, 1)
    with clock_and_worker(site):
        wait_for_end(site, day, 1_200)
    found = trial.judge(site, sink, expected=readers, verify=[day])
    tried_again = "SELECT count(*), max(attempts) FROM newsletter_delivery WHERE attempts > 1"
    again, most = site.ledger.ask(tried_again)[0]
    trial.injected = f"{again} mails put off, {most or 1} attempts at most"
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)
    unsent = readers - found.mails
    trial.figure(f"{unsent} not mailed", holds=unsent == 0)


@fault("F13", "on hold for 5.7.26; rejected: those of 5.1.1, and nobody else")
def refused_for_good(trial: Trial) -> None:
    """A relay says 550 5.1.1 to some recipients, and from the middle on 550 5.7.26 to every
    message; then it takes them, and the edition is let go on"""
    nobody = {"at": "RCPT", "having": "<reader99", "reply": "550 5.1.1 no such user"}
    policy = {"at": "dot", "reply": "550 5.7.26 not authenticated"}
    sink = SmtpSink(trial.ground, {"delay": [0.015, 0.045], "faults": [nobody]})
    site, _server = trial.postgres_site(sink)
    readers = trial.times(3_000, 1_200)
    (day,) = site.seed(readers, 1)
    with clock_and_worker(site):
        sink.wait_for(readers // 3)
        sink.misbehave({"faults": [nobody, policy]})
        wait_until(lambda: bool(site.ledger.edition(day)[1]), seconds=60, what="the hold")
        why = site.ledger.edition(day)[1]
        sink.misbehave({"faults": [nobody]})
        site.manage("resume_edition", day)
        wait_for_end(site, day, 600)
    named = sum(f"reader{number}".startswith("reader99") for number in range(readers))
    rejected = site.ledger.states(day)["rejected"]
    trial.judge(site, sink, expected=readers, verify=[day])
    trial.injected = f"{named} addresses, and every message for some seconds"
    trial.figure(f"{rejected} rejected", holds=rejected == named)
    trial.figure("on hold, with the answer as the reason", holds="5.7.26" in why)


@fault("F14", "no wrong row is marked: accepted is what was taken, rejected is what was not")
def answers_that_do_not_fit(trial: Trial) -> None:
    """Batch answers that refuse every third reader, come in another order, lack one, have one too
    many, break off, are no JSON, are a page of HTML, or trickle; Resend, Postmark, Brevo, Mailjet,
    ten mails a call. Waits are cut short"""
    kinds = ["refuse_some", "reversed", "short", "long", "cut", "bad_json", "page", "trickle"]
    answers = [{"kind": kind, "every": 2, "times": 1, "seconds": 0.001} for kind in kinds]
    personalities = ["postmark", "resend", "brevo", "mailjet"]
    readers, doubts = trial.times(600, 200), []
    for personality in personalities[: trial.times(4, 1)]:
        sink = HttpSink(trial.ground, personality, *answers)
        site, _server = trial.postgres_site(sink)
        (day,) = site.seed(readers, 1, **{"batch-size": 10})
        with clock_and_worker(site), Background(lambda at=site: pass_time(at), every=2):
            wait_for_the_last(site, day)
        found = trial.judge(site, sink, expected=readers, verify=[day])
        doubts.append(f"{personality} {found.in_doubt}")
        trial.tell(personality)
    trial.injected = f"{len(kinds)} kinds by {len(doubts)} providers"
    trial.figure(f"in doubt: {', '.join(doubts)}")


def pass_time(site: Site, seconds: int = 60) -> None:
    """As if so many had gone by for whatever waits."""
    moved = f" - interval '{seconds} seconds'"
    waiting = {
        "delivery": ("not_before", "in_doubt_at"),
        "channel": ("breaker_opened_at", "probed_at", "cool_until", "shut_until"),
        "slice": ("repeated_at",),
    }
    for table, columns in waiting.items():
        changes = ", ".join(f"{column} = {column}{moved}" for column in columns)
        site.ledger.do(f"UPDATE newsletter_{table} SET {changes}")
