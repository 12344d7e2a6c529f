"""Pages asked for over HTTP, one after the other, from gunicorn as docs/deploy.md starts it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median, quantiles
from subprocess import run
from typing import NamedTuple

import httpx

from tests.ground import Ground, Redis
from tests.storm.site import Site, Templates
from tests.storm.web import serve

TIMES = 60  # each page is asked for
HEADING = f"{'':56}{'median ms':>10}{'p95 ms':>10}{'queries':>10}"

Ask = Callable[[int], tuple[str, str, dict | None]]  # number → method, path, form


class Page(NamedTuple):
    name: str
    ask: Ask
    status: int = 200
    prepare: Callable[[int], object] = lambda number: None  # before it is asked for


class Times(NamedTuple):
    """What a page took, in milliseconds, and how many queries."""

    name: str
    median: float
    p95: float
    queries: int

    def __str__(self) -> str:
        return f"{self.name:56}{self.median:10.0f}{self.p95:10.0f}{self.queries:10}"


def get(path: Callable[[int], str]) -> Ask:
    return lambda number: ("GET", path(number), None)


def post(path: Callable[[int], str], form: dict[str, object]) -> Ask:
    return lambda number: ("POST", path(number), form)


def beside_a_site(module: str, *arguments: str) -> None:
    """Run `module of ARGUMENTS URL` in the environment of a site that answers at that URL, on a
    PostgreSQL and a Redis of its own."""
    ground = Ground()
    try:
        server, redis = Templates(ground).postgres(max_wal_size="4GB"), Redis(ground)
        server.start()
        redis.start()
        own = {
            "DATABASE_URL": server.url,
            "REDIS_URL": redis.url,
            "PROXY_COUNT": "1",
            "DJANGO_SETTINGS_MODULE": "newsletter.settings",
        }
        site = Site(ground, **own)
        _, url = serve(site.start)
        run([sys.executable, "-m", module, "of", *arguments, url], env=site.environment, check=True)
    finally:
        ground.close()


def timed(page: Page, client: httpx.Client, cookies: dict[str, str], times: int = TIMES) -> Times:
    took = []
    for number in range(times):
        method, path, form = page.ask(number)
        page.prepare(number)
        started = time.perf_counter()
        answer = client.request(method, path, data=form, headers=network(number))
        took.append(time.perf_counter() - started)
        assert answer.status_code == page.status, f"{page.name}: {answer.status_code} for {path}"
    p95 = quantiles(took, n=20)[-1]
    return Times(page.name, median(took) * 1e3, p95 * 1e3, queries_of(page, cookies, times))


def network(number: int) -> dict[str, str]:
    """Each request comes from another: none has asked too often."""
    return {"X-Forwarded-For": f"100.{64 + next(asked) // 250}.{number}.7"}


asked = iter(range(10**6))


def queries_of(page: Page, cookies: dict[str, str], number: int) -> int:
    from django.db import connection
    from django.test import Client

    client, count = Client(SERVER_NAME="localhost"), 0
    client.cookies.load(cookies)

    def one_more(execute, sql, params, many, context):
        nonlocal count
        count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    method, path, form = page.ask(number)
    page.prepare(number)
    with connection.execute_wrapper(one_more):
        ask = client.post if method == "POST" else client.get
        answer = ask(path, form, headers=network(number))
        b"".join(answer)  # also of one that streams
    assert answer.status_code == page.status
    return count


def signed_in() -> dict[str, str]:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.create_superuser("kim"))
    return {name: morsel.value for name, morsel in client.cookies.items()}
