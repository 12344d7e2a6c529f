"""A sender that dies where a test says, and a provider that keeps the truth.

The sender is a process of its own, and the killing is all that is added: a point is a function, and
the process is killed before it is called for the n-th time, or after it has returned.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import wraps
from pathlib import Path
from pkgutil import resolve_name

from django.db import connections

from newsletter.addressee import Addressee
from newsletter.deliver import ledger
from newsletter.deliver.journal import open_journal
from newsletter.models import Channel, Edition, Slice
from newsletter.outcome import Outcome, Result, in_doubt

SECONDS_TO_DIE = 60
forked = multiprocessing.get_context("fork")  # what Django has loaded is loaded for the child


@dataclass(frozen=True)
class Point:
    """`where` is `module:name`, or `module:Class.name`, as the code that calls it finds it."""

    where: str
    is_after: bool = False
    time: int = 1

    def at(self, time: int) -> Point:
        return replace(self, time=time)


def before(where: str) -> Point:
    return Point(where)


def after(where: str) -> Point:
    return Point(where, is_after=True)


def dies_at(point: Point, work: Callable[[], object]) -> bool:
    """Do the work in a process that is killed when it comes to a point; whether it came there.

    What else the process dies of is raised; its own words stand in the test's captured output.
    """
    child = started(lambda: (lay(point), work()))
    child.join(SECONDS_TO_DIE)
    if child.exitcode is None:
        child.kill()
        child.join()
        raise TimeoutError(f"the child did not end within {SECONDS_TO_DIE} s")
    if child.exitcode not in (0, -signal.SIGKILL):
        raise ChildProcessError(f"the child ended with {child.exitcode}")
    return child.exitcode != 0


def started(work: Callable[[], object]) -> multiprocessing.process.BaseProcess:
    """A child that does the work, with connections of its own."""
    connections.close_all()  # a connection cannot be shared with a child
    child = forked.Process(target=lambda: (start_afresh(), work()))
    child.start()
    return child


def start_afresh() -> None:
    """Forget the connections that an event loop of the parent's, a browser's, hides from it: they
    are still open there, and a session that two processes hold ends with neither."""
    for each in connections.all(initialized_only=True):
        each.connection = None


def lay(point: Point) -> None:
    """Wait at a point for this process to come by."""
    owner_path, name = re.fullmatch(r"(.+)[:.](\w+)", point.where).groups()
    owner = resolve_name(owner_path)
    function = getattr(owner, name)
    calls = 0

    @wraps(function)
    def deadly(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == point.time and not point.is_after:
            die()
        answer = function(*args, **kwargs)
        if calls == point.time:
            die()
        return answer

    setattr(owner, name, deadly)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Answer(Enum):
    """What a provider does with the mails to one address."""

    YES = "takes it"
    NO = "refuses it"
    LATER = "refuses it for now, and takes it the next time"
    YES_UNHEARD = "takes it and hangs up without an answer"
    NO_UNHEARD = "hangs up without taking it"


@dataclass
class Provider:
    """Writes to a file what it is asked, and whether it took it, before it answers."""

    path: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    when_asked: Callable[[str], object] = lambda address: None

    def ask(self, address: str) -> None:
        """The content of a mail arrives."""
        answer = self.answers.get(address, Answer.YES)
        takes = answer in (Answer.YES, Answer.YES_UNHEARD)
        takes = takes or (answer is Answer.LATER and self.asked()[address] > 0)
        with self.path.open("a") as file:
            file.write(f"{'took' if takes else 'left'} {address}\n")
            file.flush()
            os.fsync(file.fileno())
        self.when_asked(address)

    def answer(self, address: str) -> Result:
        """To the newest mail that it was asked to take."""
        answer = self.answers.get(address, Answer.YES)
        if answer is Answer.YES or (answer is Answer.LATER and self.copies()[address]):
            return Result(Outcome.ACCEPTED)
        if answer is Answer.NO:
            return Result(Outcome.REJECTED, "550 5.1.1")
        if answer is Answer.LATER:
            return Result(Outcome.NOT_SENT, "451 4.3.0", retry_after=0)
        return in_doubt("no answer")

    def asked(self) -> Counter[str]:
        return Counter(address for _, address in self.lines())

    def copies(self) -> Counter[str]:
        return Counter(address for word, address in self.lines() if word == "took")

    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text().splitlines()]


@dataclass
class ScriptedCarrier:
    """Carries mails to the provider over so many connections, in one order that is always the same:
    each is asked while the answers to the ones before it are still on their way."""

    provider: Provider
    connections: int
    most_at_once: int | None = None
    key_valid_for = None

    def open(self) -> None:
        """There is no door."""

    def carry(
        self,
        addressees: Iterable[Addressee],
        fence: int,
        starting: Callable[[list[Addressee]], None],
    ) -> Iterator[tuple[Addressee, Result]]:
        flights: deque[Addressee] = deque()
        for addressee in addressees:
            starting([addressee])
            self.ask(addressee)
            flights.append(addressee)
            if len(flights) == self.connections:
                yield self.answered(flights.popleft())
        while flights:
            yield self.answered(flights.popleft())

    def ask(self, addressee: Addressee) -> None:
        self.provider.ask(addressee.address)

    def answered(self, addressee: Addressee) -> tuple[Addressee, Result]:
        return addressee, self.provider.answer(addressee.address)

    def close(self) -> None:
        """There is nothing to hang up."""


def died_with(edition: Edition, *in_the_air: str) -> Slice:
    """What a sender had claimed, all that was due, when it died with the mails to these on their
    way: its journal is whole."""
    journal = open_journal()
    channel, _ = Channel.objects.get_or_create(name=Channel.DEFAULT_NAME)
    taken, addressees = ledger.claim(edition, channel, 1_000, "the dead", journal)
    journal.starting(each.delivery_id for each in addressees if each.address in in_the_air)
    journal.close()
    return taken
