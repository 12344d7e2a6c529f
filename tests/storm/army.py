"""An army that subscribes strangers by a site's form, and a reader who uses the site meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles

import httpx

VICTIM = "victim@example.org"  # every tenth request is for
CROWD = "crowd.example.org"  # half of them are for somebody at
SECONDS = 30  # after which an answer has not come
AT_ONCE = 16  # requests, where no rate is asked for


@dataclass
class Army:
    """`answers` counts by status, `seconds` has how long each took."""

    url: str
    soldiers: int  # each with an address in a network of its own
    sent: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def march(self, count: int, rate: float | None = None) -> float:
        """So many requests, so many a second whatever the site does, or as fast as it answers; how
        many a second they were."""
        began_at = time.monotonic()
        asyncio.run(self.keep_step(count, rate) if rate else self.run(count))
        return count / (time.monotonic() - began_at)

    async def keep_step(self, count: int, rate: float) -> None:
        async with self.client() as client, asyncio.TaskGroup() as group:
            began_at = time.monotonic()
            for number in range(count):
                await asyncio.sleep(began_at + number / rate - time.monotonic())
                group.create_task(self.ask(client))

    async def run(self, count: int) -> None:
        turns = iter(range(count))

        async def soldier() -> None:
            for _ in turns:
                await self.ask(client)

        async with self.client() as client, asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(soldier())

    def client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
        return httpx.AsyncClient(base_url=self.url, timeout=SECONDS, limits=limits)

    async def ask(self, client: httpx.AsyncClient) -> None:
        self.sent += 1
        number = self.sent
        form = {"email": target(number), "language": "en"}
        origin = {"X-Forwarded-For": f"spoofed, {address(number % self.soldiers)}"}
        began_at = time.monotonic()
        try:
            answer = await client.post("/subscribe/", data=form, headers=origin)
            self.answers[answer.status_code] += 1
        except httpx.TransportError:
            self.answers[0] += 1
        self.seconds.append(time.monotonic() - began_at)


def target(number: int) -> str:
    """Strangers, half of them with one provider, and the victim."""
    if number % 10 == 0:
        return VICTIM
    return f"s{number}@{CROWD}" if number % 2 else f"s{number}@d{number % 3_000}.example.org"


def address(soldier: int) -> str:
    return f"100.{64 + soldier // 250}.{soldier % 250}.7"


class Reader:
    """Somebody who looks at pages and asks for the newsletter, as people do: one thing at a time.

    `step` is one of them; `seconds` has how long each took.
    """

    def __init__(self, url: str, paths: list[str]) -> None:
        self.url, self.paths = url, itertools.cycle([*paths, ""])
        self.numbers: Iterator[int] = itertools.count()
        self.seconds: list[float] = []
        self.failed: list[str] = []
        self.asked: list[str] = []

    def step(self) -> None:
        path, number = next(self.paths), next(self.numbers)
        origin = {"X-Forwarded-For": f"192.{number // 250 % 250}.{number % 250}.9"}
        began_at = time.monotonic()
        try:
            with httpx.Client(base_url=self.url, headers=origin, timeout=SECONDS) as client:
                answer = client.get(path) if path else self.ask(client, number)
            status = answer.status_code
        except httpx.TransportError as error:
            status = repr(error)
        self.seconds.append(time.monotonic() - began_at)
        if status != 200:
            self.failed.append(f"{path}: {status}")

    def ask(self, client: httpx.Client, number: int) -> httpx.Response:
        email = f"honest{number}@home{number}.example.com"
        answer = client.post("/subscribe/", data={"email": email, "language": "ko"})
        self.asked.append(email)
        return answer


def times(seconds: list[float]) -> str:
    """The median and the 99th of a hundred, in milliseconds."""
    return f"{median(seconds) * 1e3:,.0f} ms, p99 {p99(seconds) * 1e3:,.0f} ms"


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[-1]
