"""Send an approved edition to its readers, or a proof copy to one address."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date

from anymail.exceptions import AnymailError
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from newsletter import notify
from newsletter.deliver import Balance, balance_of, deliver_edition, release_for_now
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition, WrongState
from newsletter.outcome import result_of
from newsletter.tasks import send_edition, wake
from papers.management.arguments import iso_day

PAUSE = 5  # seconds between two looks at deliveries that wait for a retry or another sender


class Command(BaseCommand):
    help = (
        "Send the approved edition of a date to everyone who has not got it. Sending again is "
        "harmless: nobody gets two."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        parser.add_argument(
            "--to", metavar="ADDRESS", help="only a proof copy, in every language, to this address"
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help="deliver here and now until settled; the balance is the last line, as JSON",
        )
        add_newsletter(parser)

    def handle(
        self,
        *args: object,
        date: date,
        newsletter: str,
        to: str | None,
        wait: bool,
        **options: object,
    ) -> None:
        edition = find_edition(newsletter, date)
        if to:
            self.proof(edition, to)
            return
        try:
            release_for_now(edition)
        except WrongState as wrong:
            raise CommandError(str(wrong)) from wrong
        if wait:
            self.wait(edition)
        else:
            wake(send_edition, edition.pk)
            self.stdout.write(f"{edition} goes out with the worker; follow it in the admin.")

    def proof(self, edition: Edition, address: str) -> None:
        for language in edition.languages:
            try:
                notify.send_proof(edition, language, address)
            except (AnymailError, OSError, ValueError) as error:
                raise CommandError(
                    f"The proof in {language} could not be mailed: {result_of(error).code}. "
                    "EMAIL_URL says how mail leaves."
                ) from error
        self.stdout.write(f"{len(edition.languages)} proof copies went to {address}.")

    def wait(self, edition: Edition) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task(str(edition), total=None)

            def watch(balance: Balance) -> None:
                done = balance.audience_count - balance.left_count
                progress.update(bar, total=balance.audience_count, completed=done)

            while self.unsettled(edition):
                watch(deliver_edition(edition, watch))
                if self.unsettled(edition):
                    time.sleep(PAUSE)
        self.stdout.write(json.dumps({"state": edition.state} | asdict(balance_of(edition))))

    def unsettled(self, edition: Edition) -> bool:
        edition.refresh_from_db()
        if edition.hold_reason:
            raise CommandError(f"{edition} is on hold: {edition.hold_reason}")
        return edition.state in Edition.UNFINISHED
