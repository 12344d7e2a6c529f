"""Providers that tell what became of the mails: often, late, in any order, and not always they."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import islice
from urllib.parse import urlsplit

from tests.callbacks import KEYS, PAYLOADS, SECRET, Mail, headers_of
from tests.ground import wait_until
from tests.storm.army import times
from tests.storm.crew import Crew
from tests.storm.sinks import SmtpSink
from tests.storm.site import Site
from tests.storm.trial import Trial, fault
from tests.storm.web import serve

MANY_A_CALL = ("sendgrid", "sparkpost", "mailjet")
ONE_A_CALL = ("brevo", "mailgun", "postmark", "resend")
SINGLES = 0.15  # of the readers, whose provider tells one event a call
AT_ONCE = 500  # events of a call
CALLERS = 8
EVENTS_A_MAIL = 5
FATES = {"hard": 0.02, "complained": 0.01, "soft": 0.05, "unsubscribed": 0.02, "policy": 0.01}
WITHOUT = {"resend": {"unsubscribed"}}  # what a provider does not tell


@dataclass(frozen=True)
class Call:
    provider: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    events: int


@dataclass
class Story:
    """What is to become of the readers, and the calls that tell it."""

    fates: dict[str, str] = field(default_factory=dict)  # address → kind
    calls: list[Call] = field(default_factory=list)
    events: int = 0  # different ones

    def those(self, *kinds: str) -> set[str]:
        return {address for address, fate in self.fates.items() if fate in kinds}


@fault(
    "F29",
    "each event counts once; exactly those are suppressed, and unsubscribed, of whom a provider"
    " said so; what is forged or older than the reader's word does nothing",
    alone=True,
)
def webhooks(trial: Trial) -> None:
    """Providers tell of each mail of an edition five times, in any order, every tenth call up to
    five times, all as fast as the site takes it; among them calls with a wrong secret, events of
    mails that are not ours, with other addresses, and complaints from before a reader came back"""
    sink = SmtpSink(trial.ground, {})
    environment = {"WEBHOOK_SECRET": SECRET, "WEBHOOK_KEY_MAILGUN": KEYS["mailgun"]}
    site, _server = trial.postgres_site(sink, **environment)
    readers = trial.times(20_000, 1_000)
    (day,) = site.seed(readers, 1)
    crew = Crew(site)
    crew.send(day)
    crew.settle()
    crew.end()
    mails = [(each.name, each.recipient) for each in sink.arrivals()]
    story = told_of(mails)
    back = come_back(site, story, mails[: trial.times(200, 20)])
    running = [site.worker("--concurrency", "2"), site.timer(5)]
    posted = Posting(serve(site.start)[1])
    posted.all(shuffled(story.calls + forged(mails) + back))
    trial.figure(f"{posted.events_a_second:,.0f} events/s came, a call {times(posted.seconds)}")
    waited = worked_off(site)
    trial.figure(f"the last was read {waited:.1f} s later", holds=waited <= 60)
    for process in running:
        site.end(process)
    trial.injected = f"{story.events:,} events in {posted.count:,} calls"
    trial.bound(f"answers {dict(posted.answers)}", set(posted.answers) <= {200, 403})
    judge(trial, site, story)


def told_of(mails: list[tuple[str, str]]) -> Story:
    story = Story()
    heaps: dict[str, list[bytes]] = {name: [] for name in MANY_A_CALL}
    for name, address in mails:
        is_single = random.random() < SINGLES
        provider = random.choice(ONE_A_CALL if is_single else MANY_A_CALL)
        for mail, kind in events_of(story, provider, name, address):
            story.events += 1
            if is_single:
                story.calls.append(as_call(provider, PAYLOADS[provider][kind](mail), 1))
            else:
                heaps[provider] += PAYLOADS[provider][kind](mail)
    for provider, events in heaps.items():
        random.shuffle(events)
        heap = iter(events)
        while part := list(islice(heap, AT_ONCE)):
            story.calls.append(as_call(provider, part, len(part)))
    return story


def events_of(story: Story, provider: str, name: str, address: str) -> Iterator[tuple[Mail, str]]:
    """One of them tells its fate; an address that bounced was not reached, others were."""
    known = {kind: share for kind, share in FATES.items() if kind not in WITHOUT.get(provider, ())}
    fate = random.choices([*known, ""], [*known.values(), 1 - sum(known.values())])[0]
    story.fates[address] = fate
    now = datetime.now(UTC)
    arrived = "other" if fate in ("hard", "soft", "policy") else "delivered"
    for number, kind in enumerate([arrived, fate or "other", *["other"] * (EVENTS_A_MAIL - 2)]):
        at = now - timedelta(seconds=60 * number + random.randrange(60))
        yield Mail(name, address, at, number), kind


def as_call(provider: str, payload: object, events: int, **headers: str) -> Call:
    body = json.dumps(payload).encode()
    told = headers_of(provider, payload) | {"Svix-Id": f"msg_{random.getrandbits(64)}"} | headers
    return Call(provider, body, tuple(told.items()), events)


def forged(mails: list[tuple[str, str]]) -> list[Call]:
    """Complaints about everybody, from whoever knows the door and not its secret; and from somebody
    who knows the secret, but not the names of our mails, or whose they are."""
    calls = []
    for name, address in mails:
        strangers = Mail("1.0123456789abcdef", address)
        another = Mail(name, "mallory@example.org")
        wrong = {"Authorization": "Basic bWFsbG9yeTpndWVzcw=="}
        complaint = PAYLOADS["sparkpost"]["complained"]
        calls.append(
            random.choice(
                [
                    as_call("sparkpost", complaint(Mail(name, address)), 1, **wrong),
                    as_call("sparkpost", complaint(strangers), 1),
                    as_call("sparkpost", complaint(another), 1),
                ]
            )
        )
    return calls[: len(calls) // 20]


def come_back(site: Site, story: Story, mails: list[tuple[str, str]]) -> list[Call]:
    """They leave and confirm anew, and then an old complaint of theirs is posted."""
    calls = []
    for name, address in mails:
        site.ledger.do(
            "UPDATE newsletter_subscription SET confirmed_at = now() FROM newsletter_subscriber"
            " WHERE newsletter_subscriber.id = subscriber_id AND email = %s",
            address,
        )
        before = Mail(name, address, datetime.now(UTC) - timedelta(hours=1), number=99)
        calls.append(as_call("sparkpost", PAYLOADS["sparkpost"]["complained"](before), 1))
        story.fates[address] = ""  # whatever was told before is over, too
        story.events += 1
    return calls


def shuffled(calls: list[Call]) -> list[Call]:
    """Every tenth more than once."""
    again = [call for call in calls if random.random() < 0.1 for _ in range(random.randint(1, 4))]
    return random.sample(calls + again, len(calls) + len(again))


class Posting:
    """Calls, by so many callers at once; `seconds` has how long each took."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.answers: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.count = self.events_a_second = 0

    def all(self, calls: list[Call]) -> None:
        began_at = time.monotonic()
        with ThreadPoolExecutor(CALLERS) as callers:
            self.answers = Counter(callers.map(self.post, calls))
        self.count = len(calls)
        self.events_a_second = sum(each.events for each in calls) / (time.monotonic() - began_at)

    def post(self, call: Call) -> int:
        began_at = time.monotonic()
        line = HTTPConnection(self.host, timeout=60)
        line.request("POST", f"/events/{call.provider}/", call.body, dict(call.headers))
        answer = line.getresponse()
        answer.read()
        line.close()
        self.seconds.append(time.monotonic() - began_at)
        return answer.status


def worked_off(site: Site) -> float:
    """Seconds until nothing waits to be read."""
    began_at = time.monotonic()
    waiting = "SELECT count(*) FROM newsletter_callback WHERE problem = ''"
    wait_until(lambda: site.ledger.value(waiting) == 0, seconds=300, what="the reading of all")
    return time.monotonic() - began_at


def judge(trial: Trial, site: Site, story: Story) -> None:
    ask = site.ledger.ask
    left = {
        address
        for (address,) in ask(
            "SELECT email FROM newsletter_subscriber JOIN newsletter_subscription ON"
            " newsletter_subscriber.id = subscriber_id WHERE state = 'unsubscribed'"
        )
    }
    suppressed = {
        address
        for (address,) in ask(
            "SELECT email FROM newsletter_subscriber JOIN newsletter_suppression USING"
            " (address_key)"
        )
    }
    wrong = len(left ^ story.those("complained", "unsubscribed"))
    trial.figure(f"{len(left):,} unsubscribed, {wrong} wrongly", holds=wrong == 0)
    wrong = len(suppressed ^ story.those("hard", "complained"))
    trial.figure(f"{len(suppressed):,} suppressed, {wrong} wrongly", holds=wrong == 0)
    known = site.ledger.value(
        "SELECT count(*) FROM newsletter_deliveryevent WHERE delivery_id IS NOT NULL"
    )
    trial.figure(f"{known:,} events kept of {story.events:,}", holds=known == story.events)
    unread = site.ledger.value("SELECT count(*) FROM newsletter_callback")
    trial.bound(f"{unread} could not be read", unread == 0)
