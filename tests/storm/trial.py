"""A fault of the plan, and one trial of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import getdoc

from tests.ground import Ground, Postgres
from tests.storm.sinks import Sink
from tests.storm.site import CommandFailed, Site, Templates
from tests.storm.verdict import Verdict, judge, read_truth, write_truth


@dataclass(frozen=True)
class Fault:
    """`what` is injected, as the table says it; `bound` is what has to hold. One that needs the
    whole machine is injected `alone`, whatever else may go side by side."""

    id: str
    name: str
    bound: str
    inject: Callable[[Trial], None]
    alone: bool = False

    @property
    def what(self) -> str:
        return " ".join(getdoc(self.inject).split())


FAULTS: list[Fault] = []
Inject = Callable[["Trial"], None]


def fault(number: str, bound: str, *, alone: bool = False) -> Callable[[Inject], Inject]:
    """Register a function under a number of the plan; several may share one."""

    def register(inject: Inject) -> Inject:
        FAULTS.append(Fault(number, inject.__name__, bound, inject, alone))
        return inject

    return register


class Skipped(Exception):
    """This machine cannot inject it; the message says what is missing."""


@dataclass
class Trial:
    """What one run of a fault has done and found."""

    fault: Fault
    is_short: bool
    ground: Ground
    templates: Templates
    tell: Callable[[str], None]
    injected: str = ""
    figures: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    skipped: str = ""
    verdict: Verdict = field(default_factory=Verdict)
    is_judged: bool = False
    seconds: float = 0

    def times(self, full: int, short: int) -> int:
        return short if self.is_short else full

    def postgres_site(self, sink: Sink | None = None, **environment: str) -> tuple[Site, Postgres]:
        server = self.templates.postgres()
        server.start()
        return self.site(server.url, sink, **environment), server

    def sqlite_site(self, sink: Sink | None = None, **environment: str) -> Site:
        site = self.site("", sink, **environment)
        url = self.templates.sqlite(site.var / "paperboy.sqlite3")
        site.environment["DATABASE_URL"] = url
        return site

    def site(self, database: str, sink: Sink | None = None, **environment: str) -> Site:
        way_out = {"EMAIL_URL": sink.url} if sink else {}
        return Site(self.ground, DATABASE_URL=database, **way_out, **environment)

    def judge(self, site: Site, *sinks: Sink, expected: int, verify: list[str]) -> Verdict:
        """Compare a site with its sinks, by our own count and by `verify_edition` for the days
        named, and hold it to what must hold under every fault."""
        truth = read_truth(*(sink.journal for sink in sinks))
        found = judge(site.ledger.deliveries(), truth, expected=expected)
        self.verdict, self.is_judged = self.verdict + found, True
        self.bound(f"{found.lost} lost", found.lost == 0)
        self.bound(f"{found.repeated} repeated", found.repeated == 0)
        self.bound(f"{found.denied} mailed, though listed as not mailed", found.denied == 0)
        self.bound(f"{found.astray} went to the wrong address", found.astray == 0)
        for day in verify:
            self.verify(site, day, *sinks)
        return found

    def verify(self, site: Site, day: str, *sinks: Sink) -> None:
        journal = site.var / "truth"
        write_truth(read_truth(*(sink.journal for sink in sinks)), journal)
        try:
            site.manage("verify_edition", day, "--sink", str(journal))
        except CommandFailed as failed:
            breaches = [line for line in failed.said.splitlines() if "BREACH" in line]
            self.broken += breaches or [failed.said.strip()]

    def bound(self, figure: str, holds: bool) -> None:
        """Note the figure only where it breaks what was promised."""
        if not holds:
            self.broken.append(figure)

    def figure(self, text: str, *, holds: bool = True) -> None:
        self.figures.append(text)
        self.bound(text, holds)


class Background:
    """Does something again and again, in a thread of ours, until the block ends."""

    def __init__(self, step: Callable[[], object], *, every: float) -> None:
        self.step, self.every = step, every
        self.count = 0
        self.error: BaseException | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        while not self.over.wait(self.every):
            try:
                self.step()
            except BaseException as error:  # noqa: BLE001  it is raised again where the block ends
                self.error = error
                return
            self.count += 1

    def __enter__(self) -> Background:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()
        if self.error and error[0] is None:
            raise self.error
