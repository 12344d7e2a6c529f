"""Everything at once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress

from tests.ground import Postgres, Redis
from tests.storm.broker import Copier, Workers
from tests.storm.crew import members_of
from tests.storm.kills import CONNECTIONS
from tests.storm.providers import confusion, wait_for_end
from tests.storm.sinks import HttpSink
from tests.storm.site import Site
from tests.storm.trial import Background, Trial, fault

READERS = 50_000
SECONDS = 600
SHARE = 0.001  # of the calls, that each kind of error meets


@fault(
    "F30",
    "0 lost, 0 repeated, in doubt: what was answered 5xx, and 1 per connection of a killed sender",
    alone=True,
)
def everything_at_once(trial: Trial) -> None:
    """For ten minutes, while an edition goes to 50,000 readers: `kill -9` of senders, crashes of
    PostgreSQL, Redis flushed and killed, each task delivered two to five times, 500 and 502 before
    and after the mail is taken (Mailtrap)"""
    sink = HttpSink(trial.ground, "mailtrap", *errors(), {"kind": "stall", "seconds": 0.05})
    redis = Redis(trial.ground)
    redis.start()
    site, server = trial.postgres_site(sink, REDIS_URL=redis.url)
    readers, seconds = trial.times(READERS, 3_000), trial.times(SECONDS, 60)
    (day,) = site.seed(readers, 1, connections=CONNECTIONS, rate=readers / seconds)
    storm = Storm(site, server, redis)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        storm.strike()
    with Background(storm.look_after, every=0.2):
        wait_for_end(site, day, trial.times(600, 120))
    found = trial.judge(site, sink, expected=readers, verify=[day])
    answered = sum(count for (why, _), count in confusion(site, sink).items() if "HTTP 5" in why)
    trial.injected = ", ".join(f"{count} {blow}" for blow, count in sorted(storm.counts.items()))
    killed = found.in_doubt - answered
    trial.injected += f", {storm.workers.gave_up} workers that gave up"
    trial.injected += f"; {storm.copier.taken} tasks delivered {storm.copier.given} times"
    at_most = CONNECTIONS * storm.counts["kills"]
    trial.figure(f"{answered} in doubt by a 5xx, {killed} by a kill", holds=killed <= at_most)


def errors() -> list[dict]:
    return [
        {"kind": "status", "status": status, "after": is_after, "share": SHARE}
        for status in (500, 502)
        for is_after in (False, True)
    ]


class Storm:
    """Two workers and a timer, whose tasks are copied on their way, and what strikes them."""

    def __init__(self, site: Site, server: Postgres, redis: Redis) -> None:
        self.site, self.server, self.redis = site, server, redis
        self.timer = site.timer(2)
        self.copier = Copier(redis)
        self.counts: Counter[str] = Counter()
        self.workers = Workers(site, 2, "--queues", "delivered")
        self.blows = [self.kill_sender] * 6 + [self.crash_postgres, self.flush, self.kill_redis]

    def strike(self) -> None:
        """Something, and then some seconds in which tasks are delivered."""
        random.choice(self.blows)()
        with Background(self.look_after, every=0.2):
            time.sleep(random.uniform(1, 4))

    def look_after(self) -> None:
        self.workers.fill_up()
        self.copier.deliver()

    def kill_sender(self) -> None:
        ours = {pid for worker in self.workers.running for pid in members_of(worker.pid)}
        at_work = sorted(ours & self.site.ledger.senders())
        if at_work:
            with suppress(ProcessLookupError):
                os.kill(random.choice(at_work), signal.SIGKILL)
                self.counts["kills"] += 1

    def crash_postgres(self) -> None:
        self.server.stop(signal.SIGQUIT)
        time.sleep(random.uniform(0, 2))
        self.server.start()
        self.counts["crashes"] += 1

    def flush(self) -> None:
        with self.redis.connect() as client:
            client.flushall()
        self.counts["flushes"] += 1

    def kill_redis(self) -> None:
        self.redis.stop(signal.SIGKILL)
        time.sleep(random.uniform(0, 2))
        self.redis.start()
        self.counts["kills of Redis"] += 1
