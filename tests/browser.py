"""Which browser the tests drive, and how it is started: nothing it does may leave this machine."""

import os
import shutil
from pathlib import Path

FETCHED = Path(__file__).parent.parent / "node_modules" / ".chromium" / "chromium"

QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
]


def find_chromium() -> str | None:
    """One named in the environment, else one installed, else the one `make test` fetched."""
    installed = (shutil.which(name) for name in ("chromium", "google-chrome"))
    fetched = str(FETCHED) if FETCHED.exists() else None
    return os.environ.get("CHROMIUM") or next(filter(None, installed), None) or fetched


def chromium_arguments() -> list[str]:
    """Chromium refuses root unless its sandbox is off; the pages here are our own."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
