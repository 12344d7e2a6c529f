"""What stands above the papers: the time to undo, what editors let pass, pre-flight's report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import cached_property

from newsletter import clock
from newsletter.models import Edition, Override
from newsletter.preflight import Report, preflight

State = Edition.State


@dataclass(frozen=True)
class Panel:
    """Looked up as it is printed. The report, for which the mails are written once, has an address
    of its own, so that the page of an edition does not wait for it."""

    edition: Edition

    @cached_property
    def has_report(self) -> bool:
        return self.edition.state == State.DRAFT and self.edition.has_something_to_print

    @cached_property
    def report(self) -> Report | None:
        return preflight(self.edition) if self.has_report else None

    @cached_property
    def overrides(self) -> list[Override]:
        """With which it was approved, or left."""
        return [] if self.edition.state == State.DRAFT else list(self.edition.overrides.all())

    @cached_property
    def undo_until(self) -> datetime | None:
        """Until then one click keeps the first mail back; none before that time has begun."""
        edition = self.edition
        if edition.state != State.APPROVED or edition.not_before is None or edition.hold_reason:
            return None
        undo = timedelta(seconds=edition.newsletter.undo_seconds)
        left = edition.not_before - clock.now()
        return edition.not_before if timedelta() < left <= undo else None

    @cached_property
    def undo_seconds(self) -> int:
        """That are left of it, rounded up."""
        if self.undo_until is None:
            return 0
        return max(1, -int((clock.now() - self.undo_until).total_seconds() // 1))
