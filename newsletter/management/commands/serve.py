import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

THREADS = 4  # of the worker
SECONDS_TO_FINISH = 12  # for requests and mails under way; what is left then is killed
SECONDS_BETWEEN_LOOKS = 0.2

Process = subprocess.Popen[bytes]


class Command(BaseCommand):
    """One parent, two children: gunicorn, and a Celery worker with the clock inside.

    They stand and fall together: when one dies, the other is stopped and the command fails with
    the name of the dead one, so that whoever supervises it (systemd, a container's restart policy)
    starts both afresh. What was cut off half-way is taken up by a later tick.
    """

    help = "Runs the web server, the worker and the clock of one machine, in the foreground."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", default=8000, type=int, help="port to listen on")

    def handle(self, *args: object, host: str, port: int, **options: object) -> None:
        require_static_files()
        asked_to_stop = note_signals()
        children: dict[str, Process] = {}
        try:
            with listen(host, port) as listener:
                children["web server"] = start(web_server(listener), listener.fileno())
            children["worker"] = start(worker())
            self.stdout.write(f"Paperboy listens on {host} port {port}. Ctrl-C stops it.")
            self.stdout.flush()
            died = first_to_die(children, asked_to_stop)
        finally:
            end(children.values())
        if died:
            raise CommandError(died)


def require_static_files() -> None:
    if not settings.DEBUG and not Path(settings.STATIC_ROOT).is_dir():
        raise CommandError("DEBUG is off and there are no static files: run collectstatic first")


def note_signals() -> list[int]:
    """A list that fills with the signals which ask us to stop."""
    noted: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: noted.append(number))
    return noted


def listen(host: str, port: int) -> socket.socket:
    """Opened here and handed on: gunicorn would try a taken port for seconds, then say less."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CommandError(
            f"cannot listen: {error.strerror}; stop what does, or choose with --host and --port"
        ) from error


def start(module: list[str], *descriptors: int) -> Process:
    """In a session of its own, so that Ctrl-C reaches the parent alone, and once."""
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=settings.BASE_DIR,
        pass_fds=descriptors,
        start_new_session=True,
    )


def web_server(listener: socket.socket) -> list[str]:
    return [
        *("gunicorn", "newsletter.wsgi", "--bind", f"fd://{listener.fileno()}"),
        *("--worker-class", "gthread", "--threads", "8", "--log-level", "warning"),
        *("--graceful-timeout", str(SECONDS_TO_FINISH - 2), "--no-control-socket"),
    ]


def worker() -> list[str]:
    return [
        *("celery", "--quiet", "--app", "newsletter", "worker", "--beat", "--loglevel", "INFO"),
        *("--pool", "threads", "--concurrency", str(THREADS)),
    ]


def first_to_die(children: Mapping[str, Process], asked_to_stop: list[int]) -> str | None:
    """Waits for the first child to end or for a signal; None after a signal."""
    while not asked_to_stop:
        for name, child in children.items():
            if child.poll() is not None:
                return f"the {name} ended with status {child.returncode}; stopped the rest"
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return None


def end(children: Collection[Process]) -> None:
    """Ends the children with all that they started, politely at first."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + SECONDS_TO_FINISH
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
