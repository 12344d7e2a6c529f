"""Pre-flight: what is looked at before an edition is approved, and what may stop it.

Each check is pure: it reads what `gather` has gathered, and asks nobody. Links are opened before,
by a worker (`newsletter.preflight.visits`), so that no page waits for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from newsletter.models import Edition, Override
from newsletter.preflight.duplicates import duplicates
from newsletter.preflight.finding import Check, Finding, Level
from newsletter.preflight.imprint import imprint
from newsletter.preflight.inbox import inbox
from newsletter.preflight.languages import languages
from newsletter.preflight.links import links
from newsletter.preflight.material import gather
from newsletter.preflight.parts import parts
from newsletter.preflight.pictures import pictures
from newsletter.preflight.registers import registers
from newsletter.preflight.size import size
from newsletter.preflight.summaries import summaries
from newsletter.preflight.verdicts import verdicts
from newsletter.rendered import Rendered

__all__ = ["CHECKS", "Finding", "Level", "Report", "preflight"]

CHECKS = [
    Check("links", _("links"), links),
    Check("pictures", _("pictures"), pictures),
    Check("summaries", _("summaries"), summaries),
    Check("verdicts", _("what summaries claim"), verdicts),
    Check("languages", _("what languages say"), languages),
    Check("registers", _("style of sentences"), registers),
    Check("parts", _("parts"), parts),
    Check("duplicates", _("papers that come twice"), duplicates),
    Check("size", _("size"), size),
    Check("inbox", _("subject and preheader"), inbox),
    Check("imprint", _("unsubscribe link and postal address"), imprint),
]


class Overridden(NamedTuple):
    sentence: str  # in the active language; the word keeps it as its editor read it
    word: Override


@dataclass(frozen=True)
class Report:
    """What all checks said, and which of it editors have overridden."""

    findings: Sequence[Finding]
    unopened: int  # links and pictures that a worker is still to open
    at: datetime
    overrides: Mapping[str, Override]  # by fingerprint, those of this edition, also void ones

    @cached_property
    def stops(self) -> list[Finding]:
        """What stands in the way of approving."""
        stops = (each for each in self.findings if each.level is Level.STOP)
        return [each for each in stops if each.fingerprint not in self.overrides]

    @cached_property
    def warnings(self) -> list[Finding]:
        return [each for each in self.findings if each.level is Level.WARNING]

    @cached_property
    def overridden(self) -> list[Overridden]:
        """The words of editors that count, with what they are for."""
        stops = (each for each in self.findings if each.level is Level.STOP)
        return [
            Overridden(stop.sentence, self.overrides[stop.fingerprint])
            for stop in stops
            if stop.fingerprint in self.overrides
        ]

    @cached_property
    def void(self) -> list[Override]:
        """Those that count no more, since what they were for has changed, or has gone."""
        counting = [each.word for each in self.overridden]
        return [word for word in self.overrides.values() if word not in counting]

    @cached_property
    def passed(self) -> list[Promise]:
        """The checks that found nothing."""
        found = {each.check for each in self.findings}
        return [check.label for check in CHECKS if check.name not in found]


def preflight(edition: Edition, mails: Mapping[str, Rendered] | None = None) -> Report:
    """Look at an edition as it would leave now, in the active language; `mails` are its renditions
    by language, where somebody has them. Saves nothing."""
    material = gather(edition, mails)
    findings = [finding for check in CHECKS for finding in check.findings(material)]
    overrides = {word.fingerprint: word for word in edition.overrides.select_related("by")}
    return Report(findings, material.unopened_count, material.at, overrides)
