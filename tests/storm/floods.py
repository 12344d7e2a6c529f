"""An army that subscribes strangers."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.ground import Redis, wait_until
from tests.storm.army import CROWD, VICTIM, Army, Reader, p99, times
from tests.storm.providers import wait_for_end
from tests.storm.sinks import SmtpSink
from tests.storm.site import Site
from tests.storm.trial import Background, Trial, fault
from tests.storm.web import serve

RATE = 100_000 / 3_600  # requests a second
SHARE = 0.3  # of the confirmations, to one domain
ASKED_BY_A_NETWORK = 20  # an hour
PATIENCE = {"steady": 1.0, "fast": 5.0}  # seconds that 99 of 100 pages may take
TO_LEAVE = (
    "SELECT extract(epoch FROM max(accepted_at) - approved_at)::float FROM newsletter_edition AS"
    " edition JOIN newsletter_delivery ON edition_id = edition.id WHERE date = %s"
    " GROUP BY edition.id"
)
LINK = (
    "from newsletter.links import unsubscribe_url; from newsletter.models import Subscription;"
    " print(unsubscribe_url(Subscription.objects.earliest('pk').pk))"
)


@fault(
    "A01",
    "no more confirmations an hour than allowed, 3 of 10 to a domain, 1 to the victim; 20 requests"
    " an hour count of a network; pages answer, the edition leaves",
    alone=True,
)
def flood_of_subscriptions(trial: Trial) -> None:
    """From 1,000 addresses strangers are subscribed by the form, one of them again and again: 28 a
    second (100,000 an hour) for minutes, then as fast as the site answers until it is 20,000; in
    the middle of it an edition is to leave, and a reader uses the site"""
    most = trial.times(600, 60)  # confirmations an hour
    sink, redis = SmtpSink(trial.ground, {}), Redis(trial.ground)
    redis.start()
    options = {"PROXY_COUNT": "1", "CONFIRMATIONS_AN_HOUR": str(most)}
    site, _server = trial.postgres_site(sink, REDIS_URL=redis.url, **options)
    readers, began_at = trial.times(2_000, 300), datetime.now(UTC)
    (day,) = site.seed(readers, 1)
    running = [site.worker(), site.timer(10)]
    army = Army(serve(site.start)[1], trial.times(1_000, 50))
    wait_for_end(site, day, 120)
    reader = Reader(army.url, pages(site))
    with Background(reader.step, every=0.2):
        second, seconds = attack(trial, site, army, reader)
    trial.figure(f"an edition to {readers:,} had left {seconds:.0f} s after its approval")
    trial.figure(f"{backlog(redis)} wake-ups were left then")
    wait_until(lambda: is_still(sink), seconds=180, what="the last confirmation")
    for process in running:
        site.end(process)
    trial.injected = f"{army.sent:,} requests"
    hours = hours_between(began_at, datetime.now(UTC))
    trial.judge(site, sink, expected=2 * readers, verify=[day, second])
    judge_confirmations(trial, sink, reader, most * hours)
    judge_rows(trial, site, army.soldiers * ASKED_BY_A_NETWORK * hours)


def attack(trial: Trial, site: Site, army: Army, reader: Reader) -> tuple[str, float]:
    """The edition that was approved in the middle of it, and how long it took to leave."""
    steadily, in_all = trial.times(8_400, 560), trial.times(20_000, 2_000)
    army.march(steadily, RATE)
    tell(trial, "steady", RATE, army, reader)
    (day,) = site.seed(0, 1)
    rate = army.march(in_all - steadily)
    tell(trial, "fast", rate, army, reader)
    wait_for_end(site, day, 120)
    return day, site.ledger.value(TO_LEAVE, day)


def pages(site: Site) -> list[str]:
    """The front page, the form, and a reader's own."""
    link = urlsplit(site.manage("shell", "--verbosity=0", "--command", LINK).strip()).path
    return ["/", "/en/", "/subscribe/", link, f"{link}choices/"]


def tell(trial: Trial, pace: str, rate: float, army: Army, reader: Reader) -> None:
    """And begin anew."""
    is_quick = p99(reader.seconds) <= PATIENCE[pace]
    trial.figure(f"at {rate:.0f} a second pages took {times(reader.seconds)}", holds=is_quick)
    trial.bound(f"answers {dict(army.answers)}", set(army.answers) <= {200, 429})
    trial.bound(f"pages failed: {reader.failed[:3]}", not reader.failed)
    trial.tell(f"{rate:.0f} a second: {times(army.seconds)}, {dict(army.answers)}")
    army.seconds, reader.seconds = [], []


def backlog(redis: Redis) -> int:
    with redis.connect() as client:
        return client.llen("celery")


def is_still(sink: SmtpSink) -> bool:
    return sink.journal.stat().st_mtime < time.time() - 10


def hours_between(begin: datetime, end: datetime) -> int:
    """Quotas are counted by the hours of the clock: so many of them were touched."""
    hour = timedelta(hours=1)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (end - epoch) // hour - (begin - epoch) // hour + 1


def judge_confirmations(trial: Trial, sink: SmtpSink, reader: Reader, most: int) -> None:
    mailed = Counter(confirmed(sink))
    domains = Counter(address.rpartition("@")[2] for address in mailed.elements())
    trial.figure(
        f"{mailed.total():,} confirmations of {most:,} allowed, {domains[CROWD]:,} to one domain,"
        f" {mailed[VICTIM]} to the victim",
        holds=mailed.total() <= most and domains[CROWD] <= most * SHARE and mailed[VICTIM] <= 1,
    )
    got = len(set(reader.asked) & set(mailed))
    trial.figure(f"{got} of {len(reader.asked)} who asked in earnest were mailed by then")
    trial.bound("somebody was asked twice", max(mailed.values(), default=1) == 1)


def confirmed(sink: SmtpSink) -> list[str]:
    """Who was mailed by then to confirm: no reader of ours stands in these domains."""
    lines = [json.loads(line) for line in sink.journal.read_text().splitlines()]
    addresses = [each["recipient"] for each in lines if each["accepted"]]
    return [each for each in addresses if not each.startswith("reader")]


def judge_rows(trial: Trial, site: Site, most: int) -> None:
    pending = site.ledger.value(
        "SELECT count(*) FROM newsletter_subscription JOIN newsletter_subscriber AS subscriber"
        " ON subscriber.id = subscriber_id WHERE state = 'pending' AND email NOT LIKE %s",
        "honest%",
    )
    trial.figure(f"{pending:,} strangers noted", holds=pending <= most)
