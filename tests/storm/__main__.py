"""`python -m tests.storm`, which `make storm` runs."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pkgutil import iter_modules

from rich.console import Console

import tests.storm
from tests.ground import Ground, NotStarted
from tests.storm import table
from tests.storm.site import RESULTS, Templates
from tests.storm.trial import FAULTS, Fault, Skipped, Trial

JOBS = 4  # on two cores: most faults wait much more than they work

PROGRAMS = (
    "__main__",
    "seed",
    "timer",
    "leavers",
    "almanac",
    "mornings",
)  # of this package, which a site runs
WIDE = 160  # columns of a table that no terminal shows

console = Console(stderr=True, soft_wrap=True)


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends tidily, as Ctrl-C does
    load_faults()
    asked = arguments()
    faults = [fault for fault in FAULTS if matches(fault, asked.faults)]
    if asked.list:
        table.list_faults(faults)
        return 0
    if not faults:
        console.print(f"No fault is called {' or '.join(asked.faults)}; --list names them all.")
        return 2
    started_at = time.monotonic()
    trials = storm(faults, asked)
    screen = Console()
    screen.width = screen.width if screen.is_terminal else WIDE
    screen.print(table.table(trials))
    if asked.writes and not asked.faults and not asked.short:
        table.write_page(trials, minutes=round((time.monotonic() - started_at) / 60))
    return int(any(trial.broken for trial in trials))


def load_faults() -> None:
    """Each module of this package registers its faults, if it has any."""
    for module in iter_modules(tests.storm.__path__):
        if module.name not in PROGRAMS:
            import_module(f"tests.storm.{module.name}")
    FAULTS.sort(key=lambda fault: fault.id)


def matches(fault: Fault, asked: list[str]) -> bool:
    return not asked or fault.id in asked or fault.name in asked


def storm(faults: list[Fault], asked: Namespace) -> list[Trial]:
    """In the plan's order, whatever the order in which they are tried and end."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    ground = Ground()
    try:
        templates = Templates(ground)
        trials: dict[Fault, Trial] = {}
        for jobs, is_alone in ((asked.jobs, False), (1, True)):
            some = [fault for fault in faults if fault.alone is is_alone]
            for trial in side_by_side(some, jobs, asked.short, templates):
                trials[trial.fault] = trial
                console.print(f"[{len(trials)}/{len(faults)}] {table.one_line(trial)}")
        return [trials[fault] for fault in faults]
    finally:
        ground.close()


def side_by_side(
    faults: list[Fault], jobs: int, is_short: bool, templates: Templates
) -> Iterator[Trial]:
    """Each as it ends."""
    pool = ThreadPoolExecutor(jobs)
    running = [pool.submit(attempt, fault, is_short, templates) for fault in faults]
    try:
        for done in as_completed(running):
            yield done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def attempt(fault: Fault, is_short: bool, templates: Templates) -> Trial:
    ground = Ground()
    trial = Trial(fault, is_short, ground, templates, teller(fault))
    started = time.monotonic()
    try:
        fault.inject(trial)
    except (Skipped, NotStarted) as reason:
        trial.skipped = str(reason)
    except Exception as error:  # noqa: BLE001  one fault that cannot be injected stops no other
        trial.broken.append(f"{type(error).__name__}: {str(error).strip().splitlines()[-1:]}")
        (ground.folder / "traceback.log").write_text(traceback.format_exc())
    finally:
        trial.seconds = time.monotonic() - started
        if trial.broken:
            keep_logs(fault, ground)
        ground.close()
    return trial


def teller(fault: Fault):
    def tell(text: str) -> None:
        console.print(f"      {fault.id} {fault.name}: {text}", style="dim", highlight=False)

    return tell


def keep_logs(fault: Fault, ground: Ground) -> None:
    for path in [
        *ground.folder.glob("*/log"),
        *ground.folder.glob("*/journal"),
        *ground.folder.glob("*.log"),
    ]:
        if path.is_file():
            kept = RESULTS / fault.name / path.relative_to(ground.folder)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, kept)


def arguments() -> Namespace:
    parser = ArgumentParser(
        prog="python -m tests.storm",
        description=DESCRIPTION,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="number or name; default: all")
    parser.add_argument("--short", action="store_true", help="smaller counts: a look in minutes")
    parser.add_argument(
        "--jobs",
        type=int,
        default=JOBS,
        metavar="N",
        help="so many at once, of those that may (%(default)s)",
    )
    parser.add_argument("--list", action="store_true", help="name the faults, and inject none")
    parser.add_argument(
        "--no-page", dest="writes", action="store_false", help="leave docs/faults.md as it is"
    )
    return parser.parse_args()


DESCRIPTION = """\
Inject the faults of the plan into installations on this machine, and judge what became of
every mail: lost, repeated, in doubt.

  python -m tests.storm                all of them, about an hour; writes docs/faults.md
  python -m tests.storm --short        all of them with smaller counts, some minutes
  python -m tests.storm F01 F07        some of them

Ends with 1 if a bound is broken; then the logs lie in test-results/storm.
"""


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # without waiting for faults at work: what they started goes with us
        os._exit(130)
