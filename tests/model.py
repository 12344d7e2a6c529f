"""Senders that a test moves one step at a time, on two machines, and what reached the provider."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from newsletter.addressee import Addressee
from newsletter.deliver import ledger, liveness
from newsletter.deliver.journal import Journal, open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import Channel, Edition, Slice
from newsletter.outcome import Outcome, Result
from tests.crash import Answer
from tests.factories import journal_file

AT_ONCE = 2  # mails of a sender in the air
RESULTS = {
    Answer.YES: Result(Outcome.ACCEPTED),
    Answer.NO: Result(Outcome.REJECTED, "550 5.1.1"),
    Answer.LATER: Result(Outcome.NOT_SENT, "451 4.3.0"),
    Answer.YES_UNHEARD: Result(Outcome.IN_DOUBT, "no answer"),
    Answer.NO_UNHEARD: Result(Outcome.IN_DOUBT, "no answer"),
}


@dataclass
class Machine:
    """Where a sender runs: it reads its own journals and no other machine's."""

    folder: Path

    @contextmanager
    def at_work(self) -> Iterable[None]:
        kept, settings.JOURNAL_DIR = settings.JOURNAL_DIR, self.folder
        try:
            yield
        finally:
            settings.JOURNAL_DIR = kept


@dataclass
class StepSender:
    """As `newsletter.deliver.sender.Sender` goes about it, but it can be left standing anywhere."""

    machine: Machine
    owner: str = field(default_factory=lambda: uuid4().hex)
    journal: Journal | None = None
    taken: Slice | None = None
    waiting: deque[Addressee] = field(default_factory=deque)
    in_the_air: deque[tuple[Addressee, Answer]] = field(default_factory=deque)
    outcomes: Outcomes = field(default_factory=Outcomes)

    def step(self, edition: Edition, channel: Channel, most: int, answer: Answer) -> Counter[int]:
        """Its next move; returns the deliveries that the provider took with it."""
        with self.machine.at_work():
            if self.taken is None:
                self.claim(edition, channel, most)
            elif self.waiting and len(self.in_the_air) < AT_ONCE:
                return self.start(answer)
            elif self.in_the_air:
                self.hear()
            else:
                self.settle()
        return Counter()

    @property
    def is_about_to_write(self) -> bool:
        return self.taken is not None and not self.in_the_air

    def claim(self, edition: Edition, channel: Channel, most: int) -> None:
        liveness.hold(self.owner)
        self.journal = self.journal or open_journal()
        claimed = ledger.claim(edition, channel, most, self.owner, self.journal)
        if claimed:
            self.taken, addressees = claimed
            self.waiting.extend(addressees)

    def start(self, answer: Answer) -> Counter[int]:
        addressee = self.waiting.popleft()
        try:
            self.journal.starting([addressee.delivery_id])
        except OSError:  # it was held for dead
            self.waiting.clear()
            return Counter()
        self.outcomes.started.add(addressee.delivery_id)
        self.in_the_air.append((addressee, answer))
        is_taken = answer in (Answer.YES, Answer.YES_UNHEARD)
        return Counter([addressee.delivery_id] * is_taken)

    def hear(self) -> None:
        addressee, answer = self.in_the_air.popleft()
        self.outcomes.results[addressee.delivery_id] = RESULTS[answer]
        try:
            self.journal.came_back(addressee.delivery_id, RESULTS[answer])
        except OSError:
            self.waiting.clear()

    def settle(self) -> None:
        """Also in the middle: what is in the air then has no answer, and the rest stays here."""
        if self.taken is not None:
            ledger.settle(self.taken, self.outcomes)
        self.drop()

    def die(self) -> None:
        if self.journal is not None:
            self.journal.close()
            self.journal = None
        self.lose_its_name()
        self.drop()
        self.owner = uuid4().hex  # who comes in its place

    def lose_its_name(self) -> None:
        """The server, or the kernel, holds it for dead."""
        if connection.vendor == "postgresql":
            release = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
            while liveness.is_alive(self.owner):  # it counts how often it was asked to hold it
                liveness.ask(release, self.owner)
        elif self.owner in liveness.files:
            os.close(liveness.files.pop(self.owner))

    def drop(self) -> None:
        self.taken, self.outcomes = None, Outcomes()
        self.waiting.clear()
        self.in_the_air.clear()

    def tear(self) -> None:
        """Its journal loses its end, where that is a file."""
        with self.machine.at_work():
            if self.taken is not None and journal_file(self.taken.pk).exists():
                path = journal_file(self.taken.pk)
                os.truncate(path, max(path.stat().st_size - 9, 0))

    def lose_journal(self) -> None:
        with self.machine.at_work():
            if self.taken is not None:
                open_journal().discard(self.taken.pk)
