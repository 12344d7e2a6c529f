"""Readers from a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override
from rich.console import Console
from rich.progress import Progress

from newsletter.intake import KINDS, BadFile, Intake, Rejected, as_csv, import_subscribers
from newsletter.management.arguments import add_newsletter, find_newsletter
from newsletter.management.private import private

MOST_TOLD = 20  # rejected rows that are told where no file keeps them


class Command(BaseCommand):
    help = (
        "Take readers from a CSV file whose heading has the column email; docs/readers.md has the "
        "others. Whoever is there, has left or is suppressed stays as they are; importing the same "
        "file twice changes nothing. Without --confirmed each is mailed one question first."
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
        try:
            with override("en"):
                intake = Intake(find_newsletter(newsletter), consent, confirmed, dry_run)
                counts, told = self.take(file, intake, rejected)
        except (BadFile, OSError) as error:
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

        def wrong(source: BinaryIO) -> Iterator[Rejected]:
            for report in import_subscribers(source, intake):
                counts.update(report.counts)
                yield from report.rejected

        console = Console(stderr=True)
        with ExitStack() as open_files:
            bar = open_files.enter_context(
                Progress(console=console, disable=not console.is_terminal)
            )
            source = open_files.enter_context(bar.open(file, "rb", description="reading"))
            if rejected:
                note = open_files.enter_context(private(rejected))
                note.writelines(as_csv(wrong(source)))
            else:
                for each in wrong(source):
                    if len(told) < MOST_TOLD:
                        told.append(each)
        return counts, told
