"""Python imports this at its start when this folder is on PYTHONPATH: the process's clock is wrong.

WRONG_CLOCK names a file that says by how many seconds; it is read again each second. What measures
durations (the monotonic clock) stays right, as it does on a machine whose clock is set.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

FILE = Path(os.environ["WRONG_CLOCK"])
NEVER = threading.Event()  # is set


def offset() -> float:
    return float(FILE.read_text())


def follow() -> None:
    while True:
        NEVER.wait(0.5)
        keep_up()


def keep_up() -> None:
    global known
    if (found := offset()) != known:
        clock.shift(found - known)
        known = found


def start() -> None:
    threading.Thread(target=follow, daemon=True).start()


known = offset()
clock = time_machine.travel(time.time() + known, tick=True).start()
start()
os.register_at_fork(after_in_child=start)  # threads stay behind
