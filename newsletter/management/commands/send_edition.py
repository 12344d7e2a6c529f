"""Send an approved edition to its readers, or a proof copy to one address."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from newsletter.deliver import NotArmed, balance_of, release_for_now
from newsletter.deliver.armed import require_armed
from newsletter.deliver.foreground import deliver_until_settled
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition, WrongState
from papers.management.arguments import iso_day

MOST_SENDERS = 64


class Command(BaseCommand):
    help = (
        "Send the approved edition of a date to everyone who has not got it. Sending again is "
        "harmless: nobody gets two."
    )
    requires_system_checks = ()  # they would load the site and the desk, which send nothing

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day)
        parser.add_argument(
            "--to",
            type=address,
            metavar="ADDRESS",
            help="only a proof copy, in every language, to this address",
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help="deliver here and now until settled; the balance is the last line, as JSON",
        )
        parser.add_argument(
            "--senders",
            type=count,
            metavar="N",
            help="with --wait, send from so many processes at once (default: 1)",
        )
        add_newsletter(parser)

    def handle(
        self,
        *args: object,
        date: date,
        newsletter: str,
        to: str | None,
        wait: bool,
        senders: int | None,
        **options: object,
    ) -> None:
        edition = find_edition(newsletter, date)
        if (to and wait) or (senders and not wait):
            raise CommandError("--to and --wait exclude each other, and --senders needs --wait.")
        if to:
            self.proof(edition, to)
            return
        try:
            require_armed()
            release_for_now(edition)
        except (NotArmed, WrongState) as refused:
            raise CommandError(str(refused)) from refused
        if edition.state == Edition.State.DONE:
            self.report(edition)
        elif wait:
            self.wait(edition, senders or 1)
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
                deliver_until_settled(edition, senders, watch, self.stderr.write)
        except NotArmed as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{edition} waits for another sender: {error}") from error
        self.report(edition)

    def report(self, edition: Edition) -> None:
        """The balance last, as JSON; an error if not everybody has it."""
        edition.refresh_from_db()
        if edition.hold_reason:
            raise CommandError(f"{edition} is on hold: {edition.hold_reason}")
        if edition.state in Edition.UNFINISHED:
            raise CommandError(f"{edition} was interrupted; what is left goes out when sent again.")
        self.stdout.write(json.dumps({"state": edition.state} | asdict(balance_of(edition))))
        if edition.state != Edition.State.DONE:
            raise CommandError(f"{edition} is {edition.state}: {edition.reason}")


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


def address(text: str) -> str:
    """Blank is an error, and not the whole audience."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ArgumentTypeError(f"{text!r} is no mail address") from error
    return text


def count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_SENDERS:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_SENDERS}")
    return int(text)
