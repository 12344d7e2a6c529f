"""How many requests a provider gets at once, and how fast; and when it is left alone."""

from __future__ import annotations

import asyncio

SILENT = 5  # failures in a row, after which a model is not asked again in a run


class Gate:
    """Of one model, in one run. Its `down` says why it is not to be asked any more."""

    def __init__(self, concurrency: int, pace: int) -> None:
        self.places = asyncio.Semaphore(concurrency)
        self.interval = 60 / pace if pace else 0.0  # seconds
        self.free_at = self.held_until = 0.0  # by the loop's clock
        self.failure_count = 0
        self.down = ""

    async def pass_through(self) -> None:
        """Wait for the pace, and for as long as the provider told anybody to wait."""
        clock = asyncio.get_running_loop().time
        turn = max(clock(), self.free_at)
        self.free_at = turn + self.interval
        while (wait := max(turn, self.held_until) - clock()) > 0:
            await asyncio.sleep(wait)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long."""
        now = asyncio.get_running_loop().time()
        self.held_until = max(self.held_until, now + seconds)

    def worked(self) -> None:
        self.failure_count = 0

    def failed(self, problem: str) -> None:
        self.failure_count += 1
        if self.failure_count >= SILENT:
            self.down = problem
