"""Readers into a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from newsletter import audit
from newsletter.audit import Act
from newsletter.export import export, in_state
from newsletter.intake.headings import SUPPRESSED
from newsletter.management.arguments import add_newsletter, find_newsletter
from newsletter.management.private import private
from newsletter.models import Subscription


class Command(BaseCommand):
    help = (
        "Print the readers of a newsletter as CSV that import_subscribers reads back. Erased ones "
        "are not in it; whoever is suppressed has that for a state."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_newsletter(parser)
        parser.add_argument(
            "--state",
            choices=[*Subscription.State.values, SUPPRESSED],
            default="",
            help="only those",
        )
        parser.add_argument(
            "--consents", action="store_true", help="with the proof of each reader's consent"
        )
        parser.add_argument(
            "--output", metavar="FILE", type=Path, help="instead of standard output"
        )

    def handle(
        self,
        *args: object,
        newsletter: str,
        state: str,
        consents: bool,
        output: Path | None,
        **options: object,
    ) -> None:
        found = find_newsletter(newsletter)
        readers = in_state(Subscription.objects.filter(newsletter=found), state)
        console = Console(stderr=True)
        count = 0
        try:
            with ExitStack() as opened:
                bar = opened.enter_context(
                    Progress(console=console, disable=not console.is_terminal)
                )
                task = bar.add_task("writing", total=readers.count() if not bar.disable else None)
                file = opened.enter_context(private(output)) if output else self.stdout
                for text, reader_count in export(readers, consents=consents):
                    file.write(text)
                    count += reader_count
                    bar.advance(task, reader_count)
        except OSError as error:
            raise CommandError(f"{output or 'standard output'}: {error}") from error
        audit.record(None, Act.EXPORTED, found, message=state)
        where = f" to {output}" if output else ""
        self.stderr.write(f"Wrote {count:,} readers of {found}{where}.")
