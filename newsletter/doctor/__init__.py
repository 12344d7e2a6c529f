"""The doctor: everything that would stop tomorrow's mail, in plain words.

Checks that ask the database come one after the other; what they want to know of the network is
asked beside them, all at once, and is not known where no answer came in time. `manage.py doctor`
prints what is found; the clock keeps it for the desk (`newsletter.doctor.kept`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from newsletter.doctor import (
    connect,
    database,
    feedback,
    language_models,
    machine,
    newsletters,
    senders,
    site,
    sources,
    ways_out,
    workers,
)
from newsletter.doctor.asking import Answer, begin
from newsletter.doctor.finding import Ailment, Check, Finding, Level, Question

__all__ = ["CHECKS", "Check", "Diagnosis", "Finding", "Level", "examine"]

SECONDS = 2  # of a check
SECONDS_TO_CONNECT = 10  # of those that are only made when asked for

CHECKS = (
    database.clocks,
    workers.ticks,
    workers.workers,
    workers.broker,
    ways_out.leaves,
    ways_out.open_channels,
    ways_out.pace,
    ways_out.installation,
    ways_out.addresses,
    senders.senders,
    senders.own_addresses,
    site.site,
    site.debug,
    site.secrets,
    machine.journal,
    machine.disk,
    machine.time_zones,
    sources.sources,
    language_models.models,
    newsletters.newsletters,
    newsletters.editions,
    newsletters.summaries,
    newsletters.promises,
    feedback.ways_back,
    feedback.events,
)

TOO_SLOW = Ailment(
    "check-too-slow",
    Level.UNKNOWN,
    _("The database took longer than %(seconds)s seconds to tell."),
    _("Whether this stops anything is not known."),
    _("Ask again when the database has less to do."),
)


@dataclass(frozen=True)
class Diagnosis:
    """What a check found: nothing, when all is well."""

    check: Check
    findings: Sequence[Finding]

    @property
    def level(self) -> Level:
        """The worst of its findings."""
        levels = {finding.level for finding in self.findings}
        return next((level for level in Level if level in levels), Level.OK)


def examine(*, also_connect: bool = False) -> list[Diagnosis]:
    """Look at everything. Changes nothing, and mails nobody; takes five seconds at most, longer
    only where the channels are to be connected to. Without its database it looks at nothing else.
    """
    first = diagnosis(database.database)
    if first.level is Level.STOP:
        return [first]
    seconds = SECONDS_TO_CONNECT if also_connect else SECONDS
    more = [connect.connections] if also_connect else []
    asked = [(check, look(check)) for check in [*CHECKS, *more]]  # all questions are out by then
    return [first, *(Diagnosis(check, heard(found, seconds)) for check, found in asked)]


def diagnosis(check: Check) -> Diagnosis:
    return Diagnosis(check, heard(look(check), SECONDS))


def look(check: Check) -> list[Finding | Answer]:
    """What it found at once, and what it will have heard from the network."""
    return [begin(each) if isinstance(each, Question) else each for each in answered_soon(check)]


def answered_soon(check: Check) -> Iterable[Finding | Question]:
    """PostgreSQL is told to give up in time, so that a lock that somebody holds harms nobody here.
    The first check is the one to find out that nothing can be asked."""
    if connection.vendor != "postgresql" or check is database.database:
        return list(check.look())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
            return list(check.look())
    except OperationalError:
        return [TOO_SLOW.found(seconds=SECONDS)]


def heard(found: Iterable[Finding | Answer], seconds: float) -> list[Finding]:
    return list(findings(found, seconds))


def findings(found: Iterable[Finding | Answer], seconds: float) -> Iterator[Finding]:
    for each in found:
        if isinstance(each, Finding):
            yield each
        else:
            yield from each.within(seconds)
