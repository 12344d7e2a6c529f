"""Send an approved edition to its readers, or a proof copy to one address."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from newsletter.deliver import NotArmed, balance_of, release_for_now
from newsletter.deliver.foreground import deliver_until_settled
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition, WrongState
from papers.management.arguments import iso_day


class Command(BaseCommand):
    help = (
        "Send the approved edition of a date to everyone who has not got it. Sending again is "
        "harmless: nobody gets two."
    )
    requires_system_checks = ()  # they would load the site and the desk, which send nothing

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
        parser.add_argument(
            "--senders",
            type=int,
            default=1,
            metavar="N",
            help="with --wait, send from so many processes at once (default: %(default)s)",
        )
        add_newsletter(parser)

    def handle(
        self,
        *args: object,
        date: date,
        newsletter: str,
        to: str | None,
        wait: bool,
        senders: int,
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
            self.wait(edition, senders)
        else:
            self.wake(edition)
            self.stdout.write(f"{edition} goes out with the worker; follow it in the admin.")

    def wake(self, edition: Edition) -> None:
        from newsletter.tasks import send_edition, wake

        wake(send_edition, edition.pk)

    def proof(self, edition: Edition, address: str) -> None:
        from newsletter import notify
        from newsletter.outcome import Outcome

        for language in edition.languages:
            result = notify.send_proof(edition, language, address)
            if result.outcome is not Outcome.ACCEPTED:
                raise CommandError(
                    f"The proof in {language} could not be mailed: {result.code}. "
                    "EMAIL_URL says how mail leaves."
                )
        self.stdout.write(f"{len(edition.languages)} proof copies went to {address}.")

    def wait(self, edition: Edition, senders: int) -> None:
        try:
            with progress(edition) as watch:
                deliver_until_settled(edition, senders, watch)
        except NotArmed as refused:
            raise CommandError(str(refused)) from refused
        self.report(edition)

    def report(self, edition: Edition) -> None:
        """The balance last, as JSON; an error if it is not settled."""
        edition.refresh_from_db()
        if edition.hold_reason:
            raise CommandError(f"{edition} is on hold: {edition.hold_reason}")
        if edition.state in Edition.UNFINISHED:
            raise CommandError(f"{edition} was interrupted; what is left goes out when sent again.")
        self.stdout.write(json.dumps({"state": edition.state} | asdict(balance_of(edition))))


@contextmanager
def progress(edition: Edition) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many mails were accepted; nowhere else, as in the mail of a cron."""
    if not sys.stderr.isatty():
        yield lambda accepted_count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as bars:
        bar = bars.add_task(str(edition), total=None)
        yield lambda accepted_count: bars.update(
            bar, total=edition.audience_count, completed=accepted_count
        )
