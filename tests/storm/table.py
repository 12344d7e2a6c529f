"""What a storm has shown, as a table on the screen and as docs/faults.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.ground import find_postgres, find_redis, version
from tests.storm.site import ROOT
from tests.storm.trial import Fault, Trial

PAGE = ROOT / "docs" / "faults.md"
NONE = "–"


def list_faults(faults: Iterable[Fault]) -> None:
    listed = Table("fault", "name", "what is injected", "what has to hold", box=box.SIMPLE_HEAD)
    for fault in faults:
        listed.add_row(fault.id, fault.name, fault.what, fault.bound)
    Console().print(listed)


def table(trials: Iterable[Trial]) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, title="What was injected, and what became of the mails")
    for heading in ("fault", "injected"):
        shown.add_column(heading, overflow="fold")
    for heading in ("mails", "lost", "repeated", "in doubt", "arrived"):
        shown.add_column(heading, justify="right")
    shown.add_column("what it showed", overflow="fold")
    shown.add_column("")
    for trial in trials:
        style = "red" if trial.broken else "dim" if trial.skipped else ""
        shown.add_row(
            trial.fault.id, trial.injected, *counts(trial), told(trial), mark(trial), style=style
        )
    return shown


def counts(trial: Trial) -> list[str]:
    """Arrived: how many of those in doubt the sinks had taken."""
    if not trial.is_judged:
        return [NONE] * 5
    found = trial.verdict
    numbers = (found.mails, found.lost, found.repeated, found.in_doubt, found.arrived)
    return [f"{number:,}" for number in numbers]


def told(trial: Trial) -> str:
    if trial.skipped:
        return f"not tried here: {trial.skipped}"
    broken = [f"BROKEN: {text}" for text in trial.broken if text not in trial.figures]
    figures = [f"BROKEN: {text}" if text in trial.broken else text for text in trial.figures]
    return "; ".join([*figures, *broken])


def mark(trial: Trial) -> str:
    return "broken" if trial.broken else "skipped" if trial.skipped else "held"


def one_line(trial: Trial) -> str:
    return (
        f"{trial.fault.id} {mark(trial)} in {trial.seconds:.0f} s: {trial.injected}; {told(trial)}"
    )


def write_page(trials: list[Trial], minutes: int) -> None:
    broken = sum(bool(trial.broken) for trial in trials)
    skipped = sum(bool(trial.skipped) for trial in trials)
    held = len(trials) - broken - skipped
    text = PAGE_HEAD.format(
        date=f"{datetime.now(UTC):%-d %B %Y}",
        commit=commit(),
        machine=machine(),
        software=software(),
        result=f"{held} of {len(trials)} held, {broken} broken, {skipped} not tried",
        minutes=minutes,
    )
    PAGE.write_text(text + "\n".join(row(trial) for trial in trials) + "\n")


PAGE_HEAD = """\
# Faults

What happens to an edition when things break. Written by `make storm`, which injects each fault into installations on
one machine, with real processes and servers, and compares the ledger with what the sinks took: their journals are on
the disk before they answer. `make storm SHORT=1` does the same with smaller counts in some minutes;
`.venv/bin/python -m tests.storm F01 F07` tries some of them.

{date}, commit `{commit}`, {machine}; {software}. **{result}**, in {minutes} minutes.

*Lost*: not mailed, and listed nowhere as such. *Repeated*: copies too many. *In doubt*: listed as may have arrived,
and left so (policy `hold`); *arrived*: how many of these the sink had taken. Under every fault nobody may be lost,
nobody mailed twice, nobody mailed who is listed as not mailed, and `verify_edition` must agree.

| fault | what is injected | how often | mails | lost | repeated | in doubt | arrived | must hold | figure |
|---|---|---|---:|---:|---:|---:|---:|---|---|
"""


def row(trial: Trial) -> str:
    fault = trial.fault
    cells = [fault.id, fault.what, trial.injected or NONE, *counts(trial), fault.bound, told(trial)]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def commit() -> str:
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {processor()} and {memory:.0f} GiB"


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def software() -> str:
    postgres, redis = find_postgres()[0], find_redis()[0]
    return (
        f"Python {platform.python_version()}, PostgreSQL {version(postgres)} with `fsync`,"
        f" {redis.name} {version(redis)}"
    )
