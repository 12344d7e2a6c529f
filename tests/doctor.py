"""What the doctor's checks find, by name."""

from newsletter.doctor import diagnosis
from newsletter.doctor.finding import Check


def found(check: Check) -> list[tuple[str, str]]:
    """Name and level of each finding. Their words are made, too: a fact that is missing fails."""
    findings = diagnosis(check).findings
    assert all(each.wrong and each.stops and each.remedy for each in findings)
    return [(each.name, each.level.value) for each in findings]


def facts(check: Check) -> list[dict]:
    return [each.facts for each in diagnosis(check).findings]
