"""A site: one installation of Paperboy, with a database and a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from tests.ground import ENVIRONMENT, Ground, Postgres
from tests.storm.ledger import FarLedger, Ledger

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "test-results" / "storm"
DURABLE = {"fsync": "on", "full_page_writes": "on"}
SECONDS_FOR_A_COMMAND = 300


class Site:
    """Its commands run in its environment; `ledger` is read by us alone.

    What is changed in `environment` counts for the processes that start after that.
    """

    def __init__(self, ground: Ground, **environment: str) -> None:
        self.ground = ground
        self.var = ground.new_folder("var")
        self.log = self.var / "log"
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EMAIL_URL", "LLM_"))
        }
        own = {"VAR_DIR": str(self.var), "REDIS_URL": "", "EMAIL_URL": f"maildir://{self.var}/mail"}
        self.environment = clean | ENVIRONMENT | own | environment
        self.root = ROOT  # the version of the product that it runs
        self.prefix: tuple[str, ...] = ()  # of every command, where it lives in another namespace

    @property
    def ledger(self) -> Ledger:
        """A server's is reached from anywhere, a file only where it lies."""
        near = Ledger(self.environment["DATABASE_URL"])
        return FarLedger(near.url, self.prefix) if self.prefix and near.is_sqlite else near

    @property
    def manage_py(self) -> list[str]:
        return [sys.executable, str(self.root / "manage.py")]

    def manage(self, *arguments: str, seconds: float = SECONDS_FOR_A_COMMAND) -> str:
        """What a command prints. Raises CommandFailed with what it said."""
        return self.run([*self.manage_py, *arguments], seconds)

    def script(self, module: str, *arguments: str) -> str:
        """One of ours, that needs the product's own code."""
        return self.run([sys.executable, "-m", module, *arguments], SECONDS_FOR_A_COMMAND)

    def run(self, command: list[str], seconds: float) -> str:
        done = subprocess.run(
            [*self.prefix, *command],
            env=self.environment,
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(command[1:])}\n{done.stdout}{done.stderr}")
        if done.returncode:
            raise CommandFailed(done.stdout + done.stderr, command, done.returncode)
        return done.stdout

    def start(self, *command: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen:
        command = (*self.prefix, *prefix, *command)
        return self.ground.start(command, self.log, env=self.environment, cwd=self.root)

    def send(self, day: str, *, senders: int = 1, prefix: tuple[str, ...] = ()) -> subprocess.Popen:
        """`send_edition --wait` as an operator starts it, in the background."""
        waiting = ["--wait", "--senders", str(senders)]
        return self.start(*self.manage_py, "send_edition", day, *waiting, prefix=prefix)

    def worker(self, *arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen:
        """As docs/deploy.md starts it."""
        as_shipped = ["worker", "--loglevel", "INFO", "--concurrency", "2"]
        return self.start(*celery(), *as_shipped, *arguments, prefix=prefix)

    def beat(self, number: int = 1) -> subprocess.Popen:
        schedule = str(self.var / f"celerybeat-schedule-{number}")
        return self.start(*celery(), "beat", "--loglevel", "INFO", "--schedule", schedule)

    def timer(self, every: float) -> subprocess.Popen:
        """Calls `tick` every so many seconds."""
        return self.start(sys.executable, "-m", "tests.storm.timer", str(every))

    def seed(self, readers: int, editions: int = 1, **options: object) -> list[str]:
        """Readers, and editions that are approved; their dates."""
        arguments = [f"--{name}={value}" for name, value in options.items()]
        counts = [f"--readers={readers}", f"--editions={editions}"]
        return self.script("tests.storm.seed", *counts, *arguments).split()

    def end(self, process: subprocess.Popen, number: signal.Signals = signal.SIGKILL) -> int:
        """With all that it started; its status. What is told politely has two minutes."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(120)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self.ground.ended(process)
        return process.returncode


class CommandFailed(Exception):
    """A command of the product ended with an error; `said` is all that it printed."""

    def __init__(self, said: str, command: list[str], status: int) -> None:
        super().__init__(f"{' '.join(command[1:])} ended with {status}:\n{said}")
        self.said = said


class Templates:
    """Databases with all tables, made once and copied for each site."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.lock = ground, threading.Lock()

    def sqlite(self, path: Path) -> str:
        with self.lock:
            shutil.copy(self.sqlite_file, path)
        return f"sqlite:///{path}"

    def postgres(self, name: str = "postgres", port: int = 0, **options: str) -> Postgres:
        """A server that has not been started; what is committed to it is on the disk."""
        with self.lock:
            server = Postgres(self.ground, name, port, **(DURABLE | options))
            server.copy_data(self.postgres_data)
        return server

    def copy_of(self, server: Postgres) -> Postgres:
        """Of one that is stopped; not started yet."""
        copy = Postgres(self.ground, "copy", **DURABLE)
        copy.copy_data(server.data)
        return copy

    @cached_property
    def sqlite_file(self) -> Path:
        path = self.ground.new_folder("template") / "paperboy.sqlite3"
        Site(self.ground, DATABASE_URL=f"sqlite:///{path}").manage("migrate", "--verbosity=0")
        return path

    @cached_property
    def postgres_data(self) -> Path:
        server = Postgres(self.ground, "template")
        server.initialise()
        server.start()
        with server.connect("postgres") as connection:
            connection.execute("CREATE DATABASE paperboy")
        Site(self.ground, DATABASE_URL=server.url).manage("migrate", "--verbosity=0")
        server.stop()
        return server.data


def celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "newsletter"]
