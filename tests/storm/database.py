"""PostgreSQL that crashes, hangs up, stands still or forgets; and a copy of it."""

from __future__ import annotations

import random
import signal
import subprocess
import time

import psycopg

from tests.ground import Ground, Postgres, free_port, wait_until
from tests.storm.crew import Crew
from tests.storm.sinks import SmtpSink
from tests.storm.site import CommandFailed, Site
from tests.storm.trial import Trial, fault
from tests.tcp_proxy import Proxy

READERS = 6_000
SLOWLY = {"delay": [0.03, 0.08]}
FORGOTTEN = 2  # seconds of commits


@fault("F07", "0 in doubt: a living sender keeps what came back until it is written")
def postgres_crashes(trial: Trial) -> None:
    """PostgreSQL ends without goodbye (SIGQUIT, as `pg_ctl stop -m immediate`) while four senders
    send, and starts again after up to 2 s"""
    sink = SmtpSink(trial.ground, SLOWLY)
    site, server = trial.postgres_site(sink)
    times = trial.times(20, 2)

    def crash() -> None:
        server.stop(signal.SIGQUIT)
        time.sleep(random.uniform(0, 2))
        server.start()

    send_while(trial, site, sink, crash, times, "crashes")


@fault("F07", "0 in doubt")
def sessions_cut(trial: Trial) -> None:
    """Every session of the senders is terminated (`pg_terminate_backend`), again and again"""
    sink = SmtpSink(trial.ground, SLOWLY)
    site, server = trial.postgres_site(sink)

    def cut() -> None:
        with server.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = 'paperboy' AND pid <> pg_backend_pid()"
            )

    send_while(trial, site, sink, cut, trial.times(60, 4), "cuts")


@fault("F07", "0 in doubt, nothing leaves meanwhile but what was claimed")
def postgres_stopped(trial: Trial) -> None:
    """PostgreSQL is stopped for a minute in the middle of an edition"""
    sink = SmtpSink(trial.ground, SLOWLY)
    site, server = trial.postgres_site(sink)
    seconds = trial.times(60, 8)

    def stop() -> None:
        server.stop(signal.SIGQUIT)
        time.sleep(3)
        before = sink.count()
        time.sleep(seconds - 3)
        trial.bound("mails left without a database", sink.count() == before)
        server.start()

    send_while(trial, site, sink, stop, 1, f"stop of {seconds} s")


def send_while(trial: Trial, site: Site, sink: SmtpSink, strike, times: int, what: str) -> None:
    """Editions, until the database was struck so many times in the middle of one."""
    readers = trial.times(READERS, 1_500)
    days, sent, struck = site.seed(readers, trial.times(20, 2)), [], 0
    crew = Crew(site)
    while struck < times and days:
        sent.append(days.pop(0))
        crew.send(sent[-1])
        for _ in crew.until_settled():
            if struck < times and crew.at_work():
                time.sleep(random.uniform(0.3, 1.5))
                strike()
                struck += 1
        trial.tell(f"{struck} of {times} {what}")
    crew.end()
    trial.injected = f"{struck} {what} in {len(sent)} editions of {readers:,}"
    found = trial.judge(site, sink, expected=readers * len(sent), verify=sent)
    trial.figure(f"{found.in_doubt} in doubt", holds=found.in_doubt == 0)


@fault("F25", "on hold, and 0 repeated after it was let go on")
def standby_took_over_too_early(trial: Trial) -> None:
    """An asynchronous standby misses the last 2 s of commits (its line goes silent), then the
    primary is killed, the standby promoted, and the senders are led to it"""
    sink = SmtpSink(trial.ground, SLOWLY)
    readers, rounds = trial.times(READERS, 1_500), trial.times(5, 1)
    for number in range(1, rounds + 1):
        fail_over(trial, sink, readers)
        trial.tell(f"{number} of {rounds}")
        sink = SmtpSink(trial.ground, SLOWLY)
    trial.injected = f"{rounds} fail-overs"
    trial.figure(f"{trial.verdict.in_doubt} in doubt")


def fail_over(trial: Trial, sink: SmtpSink, readers: int) -> None:
    primary = trial.templates.postgres("primary", free_port(), wal_level="replica")
    primary.start()
    door, line = (Proxy(("127.0.0.1", primary.port)) for _ in range(2))
    standby = follow(trial.ground, primary, line)
    site = trial.site(f"postgres://paperboy@127.0.0.1:{door.port}/paperboy", sink)
    (day,) = site.seed(readers, 1)
    wait_until(lambda: has_all(primary, standby), seconds=30, what="the standby")
    crew = Crew(site)
    crew.send(day)
    sink.wait_for(readers // 4)
    line.is_half_open = True
    time.sleep(FORGOTTEN)
    primary.stop(signal.SIGQUIT)
    line.close()
    with standby.connect() as connection:
        connection.execute("SELECT pg_promote()")
    door.target = ("127.0.0.1", standby.port)
    door.cut()
    forgot = sink.count() - site.ledger.states(day)["accepted"]
    wait_until(lambda: is_held(site, day), seconds=60, what="the hold")
    time.sleep(2)  # that a hold may take
    trial.bound("mails left while on hold", sink.is_silent_for(3))
    crew.end()
    resume_until_done(site, day)
    found = trial.judge(site, sink, expected=readers, verify=[day])
    trial.figure(f"{forgot} forgotten, {found.in_doubt} in doubt")
    for server in (primary, standby):
        if server.process.poll() is None:
            server.stop(signal.SIGQUIT)
    door.close()


def follow(ground: Ground, primary: Postgres, line: Proxy) -> Postgres:
    """A standby that is fed through a line of its own."""
    standby = Postgres(ground, "standby", free_port(), fsync="on")
    source = f"host=127.0.0.1 port={line.port} user=paperboy"
    backup = [standby.binary("pg_basebackup"), "-D", str(standby.data), "-R", "-X", "stream"]
    asked = [*standby.prefix, *backup, "-c", "fast", "-d", source]
    if standby.run(asked) != 0:
        raise RuntimeError(standby.failure(asked))
    standby.start()
    return standby


def has_all(primary: Postgres, standby: Postgres) -> bool:
    with primary.connect() as leader, standby.connect() as follower:
        written = leader.execute("SELECT pg_current_wal_lsn()::text").fetchone()[0]
        query = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        return bool(follower.execute(query, [written]).fetchone()[0])


def is_held(site: Site, day: str) -> bool:
    try:
        return bool(site.ledger.edition(day)[1])
    except psycopg.OperationalError:  # it is just taking over
        return False


def resume_until_done(site: Site, day: str) -> None:
    """As an operator would who has looked: each hold is let go on once more."""
    for _ in range(10):
        site.manage("resume_edition", day)
        crew = Crew(site)
        crew.send(day)
        wait_until(
            lambda: is_held(site, day) or site.ledger.state(day) == "done",
            seconds=120,
            what="the end of the edition",
        )
        crew.end()
        if not is_held(site, day):
            return
    raise TimeoutError(f"{day} is held again and again: {site.ledger.edition(day)}")


@fault("F26", "0 mails")
def copy_of_the_database(trial: Trial) -> None:
    """A copy of the database, made in the middle of an edition, is run by a site with another
    SITE_URL: `send_edition`, a worker, ticks"""
    sink, other_sink = SmtpSink(trial.ground, SLOWLY), SmtpSink(trial.ground)
    site, server = trial.postgres_site(sink)
    readers = trial.times(READERS, 1_500)
    days = site.seed(readers, 2)
    crew = Crew(site)
    crew.send(days[0])
    sink.wait_for(readers // 4)
    crew.end()
    server.stop()
    copy = trial.templates.copy_of(server)
    copy.start()
    server.start()
    clone = trial.site(copy.url, other_sink, SITE_URL="https://staging.example")
    running = [clone.worker(), clone.timer(1)]
    refusals = sum(refuses(clone, day) for day in days)
    time.sleep(trial.times(30, 8))
    for process in running:
        clone.end(process)
    trial.injected = "1 copy with 2 editions"
    trial.bound(f"{refusals} of 2 editions refused by the command", refusals == 2)
    mails = other_sink.count()
    trial.figure(f"{mails} mails from the copy", holds=mails == 0)
    crew.send(days[0])
    crew.settle()
    crew.end()
    trial.judge(site, sink, expected=readers, verify=[days[0]])


def refuses(site: Site, day: str) -> bool:
    try:
        site.manage("send_edition", day, "--wait", seconds=60)
    except CommandFailed as failed:
        return "SITE_URL" in failed.said
    except subprocess.TimeoutExpired:
        return False
    return False
