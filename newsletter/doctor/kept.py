"""What the doctor last found, kept in the database: pages show it and do not wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter import clock
from newsletter.doctor import CHECKS, Finding, Level, database, examine
from newsletter.doctor.finding import AILMENTS
from newsletter.models import CheckUp

IS_FRESH = timedelta(hours=1)  # it is kept anew four times in that
AREAS = {check.name: check.area for check in (database.database, *CHECKS)}


@dataclass(frozen=True)
class Complaint:
    """A finding, and the model that one has to be allowed to look at to read it."""

    area: str
    finding: Finding


@dataclass(frozen=True)
class Visit:
    """The last look: when, and what was wrong then, the worst first."""

    at: datetime
    complaints: list[Complaint]

    def is_old(self, now: datetime) -> bool:
        """Whether nobody has looked for so long that it tells nothing: then no worker works."""
        return now - self.at > IS_FRESH


def keep() -> None:
    """Look now, and keep what is found. May be repeated."""
    found = [
        {"check": diagnosis.check.name, "name": finding.name, "facts": finding.facts}
        | {"level": finding.level.value}
        for diagnosis in examine()
        for finding in diagnosis.findings
        if finding.level is not Level.UNKNOWN
    ]
    row = {"at": clock.now(), "findings": found}
    CheckUp.objects.update_or_create(pk=CheckUp.ONLY, defaults=row)


def last() -> Visit | None:
    """None: nobody has looked yet. What an earlier version found and this one does not know, or
    says with other facts, is left out."""
    row = CheckUp.objects.first()
    if row is None:
        return None
    complaints = [
        Complaint(AREAS[kept["check"]], Finding(kept["name"], Level(kept["level"]), kept["facts"]))
        for kept in row.findings
        if kept["check"] in AREAS and kept["name"] in AILMENTS
    ]
    order = list(Level)
    told = [each for each in complaints if can_be_told(each.finding)]
    return Visit(row.at, sorted(told, key=lambda each: order.index(each.finding.level)))


def can_be_told(finding: Finding) -> bool:
    try:
        return bool(finding.wrong and finding.stops and finding.remedy)
    except (KeyError, TypeError, ValueError):  # of the formatting
        return False
