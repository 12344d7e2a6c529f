"""The delivery tables of a site, read by SQL and beside the product's own code.

As a program it asks once: `python -m tests.storm.ledger URL SQL VALUES`, the values as JSON.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

BUSY = 30  # seconds that SQLite waits for its lock


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    state: str
    address: str
    owner: str  # of the newest slice it was claimed in
    was_resent: bool


class Ledger:
    """Every question opens a connection of its own: the server may have been killed meanwhile."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def connect(self):
        if self.is_sqlite:
            path = urlsplit(self.url).path
            with closing(sqlite3.connect(path, timeout=BUSY, isolation_level=None)) as connection:
                yield connection
        else:
            with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
                yield connection

    def ask(self, sql: str, *values) -> list[tuple]:
        with self.connect() as connection:
            marked = sql.replace("%s", "?") if self.is_sqlite else sql
            return connection.execute(marked, values).fetchall()

    def value(self, sql: str, *values):
        return self.ask(sql, *values)[0][0]

    def do(self, sql: str, *values) -> int:
        """How many rows it changed."""
        with self.connect() as connection:
            marked = sql.replace("%s", "?") if self.is_sqlite else sql
            return connection.execute(marked, values).rowcount

    def states(self, day: str | None = None) -> Counter[str]:
        """How many deliveries stand where, of one edition or of all."""
        of_day = "" if day is None else " WHERE edition.date = %s"
        rows = self.ask(
            "SELECT delivery.state, count(*) FROM newsletter_delivery AS delivery"
            f" JOIN newsletter_edition AS edition ON edition.id = edition_id{of_day}"
            " GROUP BY delivery.state",
            *([] if day is None else [day]),
        )
        return Counter(dict(rows))

    def edition(self, day: str) -> tuple[str, str, str]:
        """Its state, why it is on hold, and its other reason."""
        return self.ask(
            "SELECT state, hold_reason, reason FROM newsletter_edition WHERE date = %s", day
        )[0]

    def state(self, day: str) -> str:
        return self.edition(day)[0]

    def deliveries(self) -> list[Delivery]:
        return [
            Delivery(*row)
            for row in self.ask(
                "SELECT delivery.id, delivery.state, email, coalesce(owner, ''),"
                " resent_at IS NOT NULL FROM newsletter_delivery AS delivery"
                " JOIN newsletter_subscriber AS subscriber ON subscriber.id = subscriber_id"
                " LEFT JOIN newsletter_slice AS slice ON slice.id = fence"
            )
        ]

    def senders(self) -> set[int]:
        """The process ids of those who hold a slice now."""
        rows = self.ask("SELECT DISTINCT owner FROM newsletter_slice WHERE settled_at IS NULL")
        return {int(owner.split(":")[1]) for (owner,) in rows}

    def unfinished(self, *days: str) -> list[str]:
        over = "('done', 'cancelled', 'expired', 'skipped')"
        rows = self.ask(f"SELECT date FROM newsletter_edition WHERE state NOT IN {over}")
        return [str(day) for (day,) in rows if str(day) in days]


class FarLedger(Ledger):
    """Of a site that lives in another namespace, entered by `prefix` for each question."""

    def __init__(self, url: str, prefix: tuple[str, ...]) -> None:
        super().__init__(url)
        self.prefix = prefix

    def ask(self, sql: str, *values) -> list[tuple]:
        asked = [self.url, sql, json.dumps(values)]
        command = [*self.prefix, sys.executable, "-m", "tests.storm.ledger", *asked]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [tuple(row) for row in json.loads(said)]


if __name__ == "__main__":
    url, sql, values = sys.argv[1:]
    print(json.dumps(Ledger(url).ask(sql, *json.loads(values))))
