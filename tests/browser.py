"""Which browser the tests drive, and how it is started: nothing it does may leave this machine."""

import os
import shutil
from pathlib import Path

FETCHED = Path(__file__).parent.parent / "node_modules" / ".chromium"  # by fetch_browser.sh

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


def find_chromium() -> Path | None:
    """One named in the environment, else one installed, else the one `make test` fetched."""
    named = os.environ.get("CHROMIUM")
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    if named or installed:
        return Path(named or installed)
    return FETCHED / "chromium" if (FETCHED / "chromium").exists() else None


def launch_options(chromium: Path) -> dict[str, object]:
    """For Playwright. Chromium refuses root unless its sandbox is off; the pages are our own."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        "executable_path": str(chromium),
        "args": [*QUIET, *as_root],
        "env": surroundings(chromium),
    }


def surroundings(chromium: Path) -> dict[str, str]:
    """The fetched browser brings the libraries and fonts that a bare machine lacks."""
    if chromium.parent != FETCHED:
        return dict(os.environ)
    brought = {
        "LD_LIBRARY_PATH": f"{FETCHED}/al2023/lib",
        "FONTCONFIG_FILE": f"{FETCHED}/fonts.conf",
    }
    return os.environ | brought
