"""Ask the ledger of an edition whether every promise was kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import defaultdict
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from newsletter import verify
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition
from newsletter.verify import PROMISES, Breach
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = (
        "Verify what became of the edition of a date: a line for each invariant of "
        "docs/delivery.md. Ends with 1 if one is broken. Changes nothing in the ledger."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        parser.add_argument(
            "--json", dest="is_json", action="store_true", help="one JSON object instead of lines"
        )
        parser.add_argument(
            "--sink",
            metavar="FILE",
            type=Path,
            help="compare with what a test's sink noted, a JSON object a line",
        )
        add_newsletter(parser)

    def handle(
        self,
        *args: object,
        date: date,
        newsletter: str,
        is_json: bool,
        sink: Path | None,
        **options: object,
    ) -> None:
        edition = find_edition(newsletter, date)
        try:
            broken = verify.record(edition)
            broken += arrived(edition, sink) if sink else []
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        with override("en"):
            self.stdout.write(as_json(edition, broken) if is_json else as_lines(broken))
        if count := len({breach.invariant for breach in broken}):
            raise CommandError(f"{edition}: {count} of {len(PROMISES)} invariants are broken.")


def arrived(edition: Edition, sink: Path) -> list[Breach]:
    with sink.open(encoding="utf-8") as journal:
        return verify.compare(edition, journal)


def as_lines(broken: list[Breach]) -> str:
    by_invariant: dict[str, list[Breach]] = defaultdict(list)
    for breach in broken:
        by_invariant[breach.invariant].append(breach)
    lines = []
    for invariant, promise in PROMISES.items():
        if invariant not in by_invariant:
            lines.append(f"{invariant:<4} ok      {promise}")
        lines += [f"{invariant:<4} BREACH  {told(breach)}" for breach in by_invariant[invariant]]
    return "\n".join(lines)


def told(breach: Breach) -> str:
    ids = ", ".join(map(str, breach.examples))
    return f"{breach.sentence} ({breach.kind} {ids})" if ids else breach.sentence


def as_json(edition: Edition, broken: list[Breach]) -> str:
    found = [
        {
            "invariant": breach.invariant,
            "check": breach.check,
            "sentence": breach.sentence,
            "count": breach.count,
            "examples": breach.examples,
        }
        for breach in broken
    ]
    kept = len(PROMISES) - len({breach.invariant for breach in broken})
    return json.dumps(
        {"edition": str(edition), "kept": kept, "invariants": len(PROMISES), "breaches": found}
    )
