"""Workers and the clock as processes of their own, which a test may kill and start again."""

import os
import signal
import subprocess
import sys

WORKER = ("worker", "-c", "2")
BEAT = ("beat",)


class Processes:
    """As docs/deploy.md starts them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: list[subprocess.Popen] = []

    def start(self, *parts: tuple[str, ...]) -> None:
        for arguments in parts:
            command = [sys.executable, "-m", "celery", "-A", "newsletter", *arguments]
            process = subprocess.Popen(command, env=self.environment, start_new_session=True)
            self.running.append(process)

    def kill(self) -> None:
        """As a power cut would: the worker's children too, and no time to say goodbye."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
