"""The journal in Redis: a list a slice, for workers whose disk does not outlive them. Of another
ledger on the same server, whose slices count from one as well, nothing is touched.

A push onto a list that is not there does nothing (RPUSHX) and tells so: whoever takes a journal
over renames it first, and the sender finds itself fenced before its next message leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsletter.deliver.armed import ledger_id
from newsletter.deliver.journal import lines
from newsletter.deliver.journal.lines import Fenced, Notes
from newsletter.outcome import Result

KEPT = 86_400  # seconds, from a slice's claim
TIMEOUT = 5  # seconds


class RedisJournal:
    """Kept in the server's memory: a restart of it, or a flush, makes every slice's notes void."""

    def __init__(self) -> None:
        # A push that was tried twice would be two lines; a lost one stops the sender.
        retry = Retry(NoBackoff(), 0)
        self.server = Redis.from_url(settings.JOURNAL_URL, socket_timeout=TIMEOUT, retry=retry)
        self.place = "redis"
        self.key = ""

    @cached_property
    def ledger(self) -> str:
        return ledger_id()

    def key_of(self, fence: int) -> str:
        return f"paperboy:journal:{self.ledger}:{fence}"

    def begin(self, fence: int) -> None:
        self.close()
        self.key = self.key_of(fence)
        with spoken():
            self.server.delete(self.key, closed(self.key))
            self.server.rpush(self.key, lines.first_line(fence, self.run()))
            self.server.expire(self.key, KEPT)

    def starting(self, delivery_ids: Iterable[int]) -> None:
        self.push([lines.start_line(each) for each in delivery_ids])

    def came_back(self, delivery_id: int, result: Result) -> None:
        self.push([lines.outcome_line(delivery_id, result)])

    def push(self, texts: list[bytes]) -> None:
        with spoken():
            if not self.server.rpushx(self.key, *map(bytes.decode, texts)):
                raise Fenced(f"{self.key} was taken over, or Redis was flushed")

    def close(self) -> None:
        self.key = ""

    @contextmanager
    def taken_over(self, fence: int) -> Iterator[Notes]:
        with spoken():
            key = self.key_of(fence)
            if self.server.exists(key):
                self.server.rename(key, closed(key))
            told = self.server.lrange(closed(key), 0, -1)
            place = self.run()
        yield lines.read([line for line in told if isinstance(line, bytes)], fence, place)

    def run(self) -> str:
        return str(self.server.info("server")["run_id"])

    def kept(self) -> list[int]:
        """None: in a list, a slice that was forgotten looks like one that is just being claimed."""
        return []

    def forget(self, fence: int) -> None:
        """The server does, after a day."""

    def discard(self, fence: int) -> None:
        with spoken():
            self.server.delete(self.key_of(fence), closed(self.key_of(fence)))


@contextmanager
def spoken() -> Iterator[None]:
    """Redis's errors are the system's: the sender stops as it would for a full disk."""
    try:
        yield
    except RedisError as error:
        raise OSError(f"the journal in Redis: {type(error).__name__}") from error


def closed(key: str) -> str:
    return f"{key}:closed"
