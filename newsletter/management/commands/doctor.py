"""Everything that would stop tomorrow's mail, in plain words."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext, gettext_lazy, ngettext, override

from newsletter.doctor import Diagnosis, Finding, Level, examine

WORDS = {
    Level.STOP: gettext_lazy("STOP"),
    Level.WARNING: gettext_lazy("warning"),
    Level.UNKNOWN: gettext_lazy("not known"),
    Level.OK: gettext_lazy("ok"),
}


class Command(BaseCommand):
    """Says the worst first; of what is well, a line each."""

    help = (
        "Look for everything that would stop tomorrow's mail, and say what to do. Ends with 1 if "
        "anything would. Changes nothing, and mails nobody."
    )
    requires_system_checks = ()  # the doctor has to come also where they would fail

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--connect",
            action="store_true",
            help="also log in to each relay and provider; no mail is sent",
        )
        parser.add_argument(
            "--json", dest="is_json", action="store_true", help="one JSON object instead of lines"
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _ in settings.LANGUAGES],
            default="en",
            help="of the words (default: %(default)s)",
        )

    def handle(
        self, *args: object, connect: bool, is_json: bool, language: str, **options: object
    ) -> None:
        with override(language):
            found = examine(also_connect=connect)
            self.stdout.write(as_json(found) if is_json else "\n".join(as_lines(found)))
            stops = [each for each in all_findings(found) if each.level is Level.STOP]
            if stops:
                raise CommandError(
                    ngettext(
                        "%(count)s thing would stop tomorrow’s mail.",
                        "%(count)s things would stop tomorrow’s mail.",
                        len(stops),
                    )
                    % {"count": len(stops)}
                )


def all_findings(found: list[Diagnosis]) -> list[Finding]:
    """The worst first."""
    findings = [finding for diagnosis in found for finding in diagnosis.findings]
    return sorted(findings, key=lambda each: list(Level).index(each.level))


def as_lines(found: list[Diagnosis]) -> Iterator[str]:
    for finding in all_findings(found):
        yield f"{WORDS[finding.level]}: {finding.wrong}"
        yield f"    {gettext('It stops:')} {finding.stops}"
        yield f"    {gettext('What to do:')} {finding.remedy}"
        yield ""
    for diagnosis in found:
        if diagnosis.level is Level.OK:
            yield f"{WORDS[Level.OK]}: {diagnosis.check.fine}"


def as_json(found: list[Diagnosis]) -> str:
    checks = [
        {
            "check": diagnosis.check.name,
            "level": diagnosis.level.value,
            "findings": [as_dict(finding) for finding in diagnosis.findings],
        }
        for diagnosis in found
    ]
    is_well = all(diagnosis.level is not Level.STOP for diagnosis in found)
    return json.dumps({"well": is_well, "checks": checks}, ensure_ascii=False, indent=2)


def as_dict(finding: Finding) -> dict[str, object]:
    return {
        "name": finding.name,
        "level": finding.level.value,
        "wrong": finding.wrong,
        "stops": finding.stops,
        "remedy": finding.remedy,
    }
