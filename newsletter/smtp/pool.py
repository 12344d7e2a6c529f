"""A relay's connections: those at work, those that wait, those being opened, those left alone."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

from newsletter.smtp.door import Door
from newsletter.smtp.line import Line
from newsletter.smtp.opening import Opener
from newsletter.smtp.options import RelayOptions

OPENING_TICK = 0.02  # seconds between two looks at what is being opened


class Pool:
    def __init__(self, options: RelayOptions) -> None:
        opener = Opener(options)
        self.doors = [Door(opener) for _ in range(options.connections)]
        self.door_of: dict[Line, Door] = {}
        self.idle: set[Line] = set()
        self.busy: set[Line] = set()
        self.blocked: set[Line] = set()  # with octets that the connection did not take
        self.selector = DefaultSelector()

    @property
    def is_opening(self) -> bool:
        return any(door.opening for door in self.doors)

    def open(self) -> None:
        """Have at least one line; others may come later. Raises the first door's OSError."""
        self.tend()
        while not self.door_of and self.is_opening:
            openings = [door.opening for door in self.doors if door.opening]
            wait(openings, OPENING_TICK, FIRST_COMPLETED)
            self.tend()
        if not self.door_of:
            raise next(door.error for door in self.doors if door.error)

    def tend(self) -> None:
        """Take in what has opened, and knock where it is time to."""
        for door in self.doors:
            line = door.look()
            if line:
                self.door_of[line] = door
                self.idle.add(line)
                self.selector.register(line.sock, EVENT_READ, line)
            door.knock()

    def ready(self, seconds: float) -> list[Line]:
        """The lines on which something can be done, within so many seconds."""
        return [key.data for key, _ in self.selector.select(seconds)]

    def watch(self, line: Line) -> None:
        """Have it called ready for what it waits for now."""
        is_blocked = bool(line.unsent)
        if is_blocked != (line in self.blocked):
            self.selector.modify(line.sock, EVENT_READ | is_blocked * EVENT_WRITE, line)
            (self.blocked.add if is_blocked else self.blocked.discard)(line)

    def drop(self, line: Line, why: str) -> None:
        """It is of no more use: cut it; `tend` opens another in its place, now or after a while."""
        door = self.door_of[line]
        self.cut(line)
        door.lost(line, why)

    def cut(self, line: Line) -> None:
        """End it ourselves, in the middle of what is going on."""
        self.forget(line)
        line.cut()

    def forget(self, line: Line) -> None:
        self.selector.unregister(line.sock)
        for lines in (self.idle, self.busy, self.blocked):
            lines.discard(line)
        self.door_of.pop(line).line = None

    def close(self) -> None:
        """Hang up everywhere, and stay ready to be opened again. Raises nothing."""
        for line in list(self.idle):
            self.forget(line)
            line.hang_up()
        for line in list(self.busy):
            self.cut(line)
        for door in self.doors:
            door.abandon()
