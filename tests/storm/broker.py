"""What wakes workers up: beats, timers and Redis, each killed, doubled, emptied or not there."""

from __future__ import annotations

import random
import signal
import time
from subprocess import Popen

from tests.ground import Redis, free_port, wait_until
from tests.storm.papers import Papers
from tests.storm.sinks import SmtpSink
from tests.storm.site import CommandFailed, Site
from tests.storm.trial import Background, Trial, fault

TICK = 60  # seconds between two of a beat
SLOWLY = {"delay": [0.1, 0.2]}  # so that an edition lasts for as long as its fault
READERS = 1_500
FEW = 100


@fault("F04", "one edition a slot, one mail a reader")
def clocks_killed_and_doubled(trial: Trial) -> None:
    """`kill -9` of the only beat every 6 s; then two beats; then five, and a timer that calls
    `manage.py tick` every 5 s: each time an edition comes due, is built, approved and sent"""
    kills = trial.times(20, 0)
    with Papers() as papers:
        sink, redis = SmtpSink(trial.ground), Redis(trial.ground)
        redis.start()
        site, _server = trial.postgres_site(sink, REDIS_URL=redis.url, **papers.environment)
        site.worker()
        slots = 0
        if not trial.is_short:
            slots += 1
            make_due(site, slots)
            kill_beats(site, kills)
            run_until_done(trial, site, slots, beats=1)
            slots += 1
            make_due(site, slots)
            run_until_done(trial, site, slots, beats=2)
        slots += 1
        make_due(site, slots)
        site.timer(5)
        run_until_done(trial, site, slots, beats=5)
        trial.injected = f"{kills} kills, {slots} editions due"
        editions = site.ledger.value("SELECT count(*) FROM newsletter_edition")
        trial.figure(f"{editions} editions for {slots} slots", holds=editions == slots)
        trial.judge(site, sink, expected=FEW * slots, verify=[])


def make_due(site: Site, number: int) -> None:
    site.seed(FEW, 0, newsletter=f"slot-{number}", **{"due-in": 20})


def kill_beats(site: Site, kills: int) -> None:
    for _ in range(kills):
        beat = site.beat()
        time.sleep(6)
        site.end(beat)


def run_until_done(trial: Trial, site: Site, count: int, *, beats: int) -> None:
    running = [site.beat(number) for number in range(1, beats + 1)]
    wait_for_editions(site, count, seconds=5 * TICK)
    for beat in running:
        site.end(beat)
    trial.tell(f"{count} editions done")


def wait_for_editions(site: Site, count: int, *, seconds: float) -> None:
    done = "SELECT count(*) FROM newsletter_edition WHERE state = 'done'"
    wait_until(lambda: site.ledger.value(done) >= count, seconds=seconds, what=f"edition {count}")


class Workers:
    """One that gives up is started again, as systemd and Compose do: kombu cannot always give back
    the task in its hands to a Redis that is gone."""

    def __init__(self, site: Site, count: int, *arguments: str) -> None:
        self.site, self.count, self.arguments = site, count, arguments
        self.running: list[Popen] = []
        self.gave_up = 0
        self.fill_up()

    def fill_up(self) -> None:
        for worker in list(self.running):
            if worker.poll() is not None:
                self.site.end(worker)
                self.running.remove(worker)
                self.gave_up += 1
        while len(self.running) < self.count:
            self.running.append(self.site.worker(*self.arguments))


@fault("F05", "0 lost, 0 repeated, 0 in doubt; at most two ticks later than the outage lasts")
def redis_broken(trial: Trial) -> None:
    """Redis, while an edition comes due and is sent by workers: FLUSHALL every 5 s; `kill -9` and
    a restart every 10 s; stopped (SIGSTOP) for a time; full (`maxmemory 1`) for a time"""
    sink, redis = SmtpSink(trial.ground, SLOWLY), Redis(trial.ground)
    redis.start()
    site, _server = trial.postgres_site(sink, REDIS_URL=redis.url)
    workers = Workers(site, 1)
    site.beat()
    scenarios = {
        "flushed": (flush, trial.times(120, 30)),
        "killed": (kill_redis, trial.times(120, 30)),
        "stopped": (stop_redis, 600),
        "full": (fill_redis, 120),
    }
    if trial.is_short:
        del scenarios["stopped"], scenarios["full"]
    readers, days = trial.times(READERS, 400), []
    site.seed(readers, 0)
    for name, (breaks, seconds) in scenarios.items():
        days += site.seed(0)
        due_at = time.time()
        with Background(workers.fill_up, every=1):
            breaks(redis, seconds)
            wait_for_day(site, days[-1], seconds=5 * TICK)
        late = done_at(site, days[-1]) - due_at
        is_in_time = late <= seconds + 3 * TICK
        trial.figure(
            f"{name} for {seconds} s: done {late:.0f} s after it was due", holds=is_in_time
        )
    trial.injected = f"{len(scenarios)} ways"
    trial.figure(f"{workers.gave_up} workers gave up and were started again")
    found = trial.judge(site, sink, expected=readers * len(days), verify=days)
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


def done_at(site: Site, day: str) -> float:
    asked = "SELECT extract(epoch FROM done_at) FROM newsletter_edition WHERE date = %s"
    return float(site.ledger.value(asked, day))


def wait_for_day(site: Site, day: str, *, seconds: float) -> None:
    wait_until(lambda: is_done(site, day), seconds=seconds, what=f"the edition of {day}")


def is_done(site: Site, day: str) -> bool:
    return site.ledger.state(day) == "done"


def flush(redis: Redis, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with redis.connect() as client:
            client.flushall()
        time.sleep(5)


def kill_redis(redis: Redis, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        redis.stop(signal.SIGKILL)
        time.sleep(2)
        redis.start()
        time.sleep(8)


def stop_redis(redis: Redis, seconds: float) -> None:
    redis.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    redis.process.send_signal(signal.SIGCONT)


def fill_redis(redis: Redis, seconds: float) -> None:
    with redis.connect() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        time.sleep(seconds)
        client.config_set("maxmemory", "0")


@fault("F06", "the edition is sent, by the timer alone and by hand")
def redis_absent(trial: Trial) -> None:
    """No REDIS_URL: a worker with its queue in files, and a timer that calls `manage.py tick`; then
    a REDIS_URL where nobody answers: `tick`, and `send_edition --wait`"""
    sink = SmtpSink(trial.ground)
    site, _server = trial.postgres_site(sink)
    days = site.seed(FEW, 1)
    started_at = time.monotonic()
    running = [site.worker(), site.timer(5)]
    wait_for_day(site, days[0], seconds=3 * TICK)
    trial.figure(f"by the timer: yes, after {time.monotonic() - started_at:.0f} s")
    for process in running:
        site.end(process)
    site.environment["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    days += site.seed(0)
    trial.bound("tick fails without Redis", succeeds(site, "tick"))
    trial.figure("by hand: yes", holds=succeeds(site, "send_edition", days[1], "--wait"))
    trial.injected = "2 editions"
    trial.judge(site, sink, expected=2 * FEW, verify=days)


def succeeds(site: Site, *command: str) -> bool:
    try:
        site.manage(*command)
    except CommandFailed:
        return False
    return True


@fault("F15", "0 repeated, 0 in doubt")
def tasks_repeated(trial: Trial) -> None:
    """Every task message is delivered two to five times, in a random order, some much later, to
    two workers, with a tick every 2 s"""
    sink, redis = SmtpSink(trial.ground), Redis(trial.ground)
    redis.start()
    site, _server = trial.postgres_site(sink, REDIS_URL=redis.url)
    readers, count = trial.times(READERS, 500), trial.times(10, 2)
    days = site.seed(readers, count)
    for _ in range(2):
        site.worker("--queues", "delivered")
    broker = Copier(redis)
    site.timer(2)
    with Background(broker.deliver, every=0.2):
        wait_for_editions(site, count, seconds=10 * TICK)
    trial.injected = f"{broker.taken} tasks, delivered {broker.given} times"
    found = trial.judge(site, sink, expected=readers * count, verify=days)
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


class Copier:
    """Moves messages from the queue that is written to the one that is read, a few times each."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.kept: list[bytes] = []
        self.taken = self.given = 0

    def deliver(self) -> None:
        with self.redis.connect() as client:
            while message := client.rpop("celery"):
                self.taken += 1
                self.kept += [message] * random.randint(2, 5)
            random.shuffle(self.kept)
            now, self.kept = self.kept[::2], self.kept[1::2]  # the rest comes later
            for message in now:
                client.lpush("delivered", message)
                self.given += 1
