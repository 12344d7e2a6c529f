"""The web server, as docs/deploy.md starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import httpx

from tests.ground import free_port, wait_until

AS_SHIPPED = ["--workers", "2", "--worker-class", "gthread", "--threads", "8"]

Start = Callable[..., subprocess.Popen]  # of a command's words


def serve(start: Start, port: int = 0) -> tuple[subprocess.Popen, str]:
    """Its process, and where it answers: as soon as it does."""
    port = port or free_port()
    bind = ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    process = start(sys.executable, "-m", "gunicorn", "newsletter.wsgi", *bind, *AS_SHIPPED)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: answers(f"{url}/healthz"), seconds=60, what="the start of the web server")
    return process, url


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False
