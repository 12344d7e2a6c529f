"""The one command of a small machine, with the processes it really starts, on its own defaults."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from celery.beat import PersistentScheduler

from newsletter.celery import app
from tests.ground import free_port

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
]

MANAGE = [sys.executable, Path(__file__).parent.parent / "manage.py"]
MODULES = {"gunicorn": "web server", "celery": "worker"}


@pytest.fixture
def embedded(tmp_path) -> dict[str, str]:
    """The environment of a machine with neither PostgreSQL nor Redis, ready to serve."""
    database = f"sqlite:///{tmp_path}/paperboy.sqlite3"
    own = {"VAR_DIR": str(tmp_path), "DATABASE_URL": database, "REDIS_URL": "", "DEBUG": "true"}
    environment = os.environ | own
    subprocess.run([*MANAGE, "migrate", "--verbosity=0"], env=environment, check=True)
    return environment


def test_it_serves_and_ticks_until_it_is_told_to_stop(embedded, tmp_path):
    the_clock_was_off_for_ten_minutes(tmp_path)

    with serving(embedded, tmp_path) as (server, url):
        ready = httpx.get(f"{url}/readyz").json()
        style = httpx.get(f"{url}/static/admin/css/base.css")
        wait_until(lambda: "Task newsletter.tick.tick" in log(tmp_path))
        family = children_of(server.pid)
        server.terminate()
        status = server.wait(15)

    assert ready == {"status": "ok", "database": "ok", "broker": "not needed"}
    assert style.headers["Content-Type"].startswith("text/css")
    assert status == 0
    assert len(family) == 4  # gunicorn and its worker, Celery and its clock
    assert alive(family) == []


@pytest.mark.parametrize("module", MODULES)
def test_a_child_that_is_killed_is_named_and_takes_the_rest_with_it(embedded, tmp_path, module):
    with serving(embedded, tmp_path) as (server, _url):
        family = children_of(server.pid)
        os.kill(next(pid for pid in family if module in command_of(pid)), signal.SIGKILL)
        status = server.wait(15)

    assert status == 1
    assert f"the {MODULES[module]} ended with status -9; stopped the rest" in log(tmp_path)
    assert alive(family) == []


def test_a_taken_port_is_refused_in_plain_words(embedded):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [*MANAGE, "serve", "--port", str(taken.getsockname()[1])]
        refused = subprocess.run(command, env=embedded, capture_output=True, text=True)

    assert refused.returncode == 1
    assert "cannot listen: Address already in use" in refused.stderr
    assert "choose with --host and --port" in refused.stderr


def test_without_static_files_it_says_what_to_run(embedded, tmp_path):
    if (MANAGE[1].parent / "staticfiles").is_dir():
        pytest.skip("static files were collected in this checkout")
    production = embedded | {"DEBUG": "false"}

    refused = subprocess.run([*MANAGE, "serve"], env=production, capture_output=True, text=True)

    assert refused.returncode == 1
    assert "run collectstatic first" in refused.stderr


@contextmanager
def serving(environment, folder):
    """The command, answering; its output goes to a log in the folder."""
    port = free_port()
    with (folder / "log").open("w") as output:
        server = subprocess.Popen(
            [*MANAGE, "serve", "--port", str(port)], env=environment, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        wait_until(lambda: len(children_of(server.pid)) == 4)
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def the_clock_was_off_for_ten_minutes(folder):
    scheduler = PersistentScheduler(app, schedule_filename=f"{folder}/celerybeat-schedule")
    scheduler.schedule["tick"].last_run_at -= timedelta(minutes=10)
    scheduler.close()


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(url):
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def log(folder):
    return (folder / "log").read_text()


def children_of(pid):
    """All processes below one."""
    family, found = [], [pid]
    while found:
        found = [child for child in processes() if parent_of(child) in found]
        family += found
    return family


def processes():
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def parent_of(pid):
    try:
        says = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(says.rpartition(")")[2].split()[1])


def command_of(pid):
    """Empty for a process that has ended, even where init has not yet taken note of it."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pids):
    return [pid for pid in pids if command_of(pid)]
