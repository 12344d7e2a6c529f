"""Which signals ask a sender to end, and which it was told to pass over."""

import os
import signal

import pytest

from newsletter import stopping


@pytest.mark.parametrize(
    ("before", "is_asked"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)], ids=["bare", "nohup"]
)
def test_a_terminal_that_goes_away_ends_a_sender_unless_nohup_keeps_it(before, is_asked):
    kept = signal.signal(signal.SIGHUP, before)
    try:
        with stopping.on_signals():
            os.kill(os.getpid(), signal.SIGHUP)
            was_asked = stopping.asked.is_set()
        after = signal.getsignal(signal.SIGHUP)
    finally:
        stopping.asked.clear()
        signal.signal(signal.SIGHUP, kept)

    assert (was_asked, after) == (is_asked, before)
