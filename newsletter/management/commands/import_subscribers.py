"""Readers from a CSV file."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from newsletter.intake import BadFile, Intake, Rejected, import_subscribers
from newsletter.management.arguments import add_newsletter, find_newsletter

KINDS = ("added", "already", "left", "suppressed", "rejected")
MOST_TOLD = 20  # rejected rows that are told where no file keeps them


class Command(BaseCommand):
    help = (
        "Take readers from a CSV file whose heading has the column email, and perhaps language. "
        "Whoever is there, has left or is suppressed stays as they are; importing the same file "
        "twice changes nothing. Without --confirmed each is mailed one question first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        add_newsletter(parser)
        parser.add_argument(
            "--consent",
            required=True,
            metavar="TEXT",
            help="the words that these readers agreed to; kept with each as proof",
        )
        parser.add_argument(
            "--confirmed",
            action="store_true",
            help="each has confirmed by a mail before, elsewhere: they are readers at once",
        )
        parser.add_argument("--dry-run", action="store_true", help="look at all, and keep nothing")
        parser.add_argument(
            "--rejected", metavar="FILE", type=Path, help="a line for each rejected row"
        )

    def handle(
        self,
        *args: object,
        file: Path,
        newsletter: str,
        consent: str,
        confirmed: bool,
        dry_run: bool,
        rejected: Path | None,
        **options: object,
    ) -> None:
        intake = Intake(find_newsletter(newsletter), consent, confirmed, dry_run)
        try:
            counts, told = self.take(file, intake, rejected)
        except (BadFile, UnicodeDecodeError, OSError) as error:
            raise CommandError(f"{file}: {error}") from error
        for each in told:
            self.stderr.write(f"line {each.line}: {each.reason}")
        if counts["rejected"] > len(told) and not rejected:
            self.stderr.write(f"… and {counts['rejected'] - len(told)} more; --rejected keeps all.")
        verb = "Would be" if dry_run else "Now"
        said = ", ".join(f"{kind} {counts[kind]:,}" for kind in KINDS)
        self.stdout.write(f"{verb} in {intake.newsletter}: {said}.")

    def take(
        self, file: Path, intake: Intake, rejected: Path | None
    ) -> tuple[Counter[str], list[Rejected]]:
        counts: Counter[str] = Counter()
        told: list[Rejected] = []
        with ExitStack() as open_files:
            source = open_files.enter_context(file.open(encoding="utf-8-sig", newline=""))
            note = open_files.enter_context(rejected.open("w", newline="")) if rejected else None
            writer = csv.writer(note) if note else None
            if writer:
                writer.writerow(["line", "reason"])
            size = file.stat().st_size
            lines = open_files.enter_context(watched(source, size))
            for report in import_subscribers(lines, intake):
                counts += report.counts
                if writer:
                    writer.writerows((each.line, each.reason) for each in report.rejected)
                elif len(told) < MOST_TOLD:
                    told += report.rejected[: MOST_TOLD - len(told)]
        return counts, told


@contextmanager
def watched(source: Iterable[str], size: int) -> Iterator[Iterator[str]]:
    """The lines of a file of so many octets, with a bar on a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bars:
        bar = bars.add_task("reading", total=size)

        def lines() -> Iterator[str]:
            for line in source:
                bars.advance(bar, len(line.encode()))
                yield line

        yield lines()
