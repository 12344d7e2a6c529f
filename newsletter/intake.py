"""Readers who come from elsewhere, in a file: checked row by row, written by the thousand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from newsletter.address import clean_address
from newsletter.models import (
    Consent,
    Newsletter,
    Notice,
    Subscriber,
    Subscription,
    Suppression,
    Wording,
)
from newsletter.models.subscribers import address_key
from newsletter.spreadsheet import meant

AT_ONCE = 2_000  # rows

State = Subscription.State


class BadFile(ValueError):
    """A file that is no list of readers; the message says why."""


@dataclass(frozen=True)
class Row:
    line: int
    email: str
    language: str


@dataclass(frozen=True)
class Rejected:
    line: int
    reason: str


@dataclass
class Report:
    """How many rows came to what: added, already, left, suppressed, rejected."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)  # of the newest rows alone


@dataclass(frozen=True)
class Intake:
    """What an operator says of a file."""

    newsletter: Newsletter
    wording: str  # that its readers agreed to
    is_confirmed: bool = False  # each of them by a link of their own, at whoever had them before
    is_dry: bool = False  # look at all rows, and keep none


def import_subscribers(lines: Iterable[str], intake: Intake) -> Iterator[Report]:
    """A report each few thousand rows, of those rows. May be repeated: who is there stays as they
    are, and so does who has left, or is suppressed.

    Without `is_confirmed` each is asked once, as many an hour as CONFIRMATIONS_AN_HOUR lets. Raises
    BadFile before anything is kept.
    """
    if not intake.wording.strip():
        raise BadFile("Say which words its readers agreed to: a file without them is no consent.")
    rows = read(lines)
    due_at = timezone.now()
    while chunk := list(islice(rows, AT_ONCE)):
        report = Report()
        good = checked(chunk, intake, report)
        with transaction.atomic():
            due_at = keep(good, intake, report, due_at)
            if intake.is_dry:
                transaction.set_rollback(True)
        yield report


def read(lines: Iterable[str]) -> Iterator[Row | Rejected]:
    """CSV with a heading, of which `email` and `language` count; commas or semicolons between."""
    numbered = iter(lines)
    heading = next(numbered, "").lstrip("\ufeff")
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    names = [name.strip().lower() for name in next(csv.reader([heading], delimiter=delimiter), [])]
    if "email" not in names:
        raise BadFile(
            f"No column is called email; there is: {', '.join(names)[:200] or 'nothing'}."
        )
    reader = csv.reader(numbered, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(reader.line_num + 1, str(error))
            continue
        if any(cells):
            named = dict(zip(names, map(meant, cells), strict=False))
            yield Row(reader.line_num + 1, named.get("email", ""), named.get("language", ""))


def checked(chunk: list[Row | Rejected], intake: Intake, report: Report) -> dict[str, Row]:
    """The rows that can be mailed, by the key of their address, each address once."""
    good: dict[str, Row] = {}
    for row in chunk:
        if isinstance(row, Rejected):
            report.rejected.append(row)
            continue
        try:
            email = clean_address(row.email)
        except ValidationError as wrong:
            report.rejected.append(Rejected(row.line, " ".join(wrong.messages)))
            continue
        language = intake.newsletter.language_for(row.language.strip().lower())
        kept = good.setdefault(address_key(email), Row(row.line, email, language))
        report.counts["already"] += kept.line != row.line
    report.counts["rejected"] += len(report.rejected)
    return good


def keep(good: dict[str, Row], intake: Intake, report: Report, due_at: datetime) -> datetime:
    """Write down whom it is new to; when the next one may be asked."""
    suppressed = set(
        Suppression.objects.filter(address_key__in=good).values_list("address_key", flat=True)
    )
    welcome = {key: row for key, row in good.items() if key not in suppressed}
    Subscriber.objects.bulk_create(
        [Subscriber(email=row.email, address_key=key) for key, row in welcome.items()],
        ignore_conflicts=True,
    )
    ids = dict(Subscriber.objects.filter(address_key__in=welcome).values_list("address_key", "pk"))
    known = dict(
        Subscription.objects.filter(
            newsletter=intake.newsletter, subscriber__in=ids.values()
        ).values_list("subscriber", "state")
    )
    new = {key: row for key, row in welcome.items() if ids[key] not in known}
    report.counts["suppressed"] += len(suppressed)
    report.counts["left"] += sum(state == State.UNSUBSCRIBED for state in known.values())
    report.counts["already"] += sum(state != State.UNSUBSCRIBED for state in known.values())
    report.counts["added"] += len(new)
    return add(new, ids, intake, due_at)


def add(new: dict[str, Row], ids: dict[str, int], intake: Intake, due_at: datetime) -> datetime:
    now = timezone.now()
    step = timedelta(hours=1) / max(1, settings.CONFIRMATIONS_AN_HOUR)
    state = State.CONFIRMED if intake.is_confirmed else State.PENDING
    made = []
    for key, row in new.items():
        made.append(
            Subscription(
                subscriber_id=ids[key],
                newsletter=intake.newsletter,
                language=row.language,
                state=state,
                confirmed_at=now if intake.is_confirmed else None,
                confirmation_requested_at=None if intake.is_confirmed else due_at,
            )
        )
        due_at += step
    Subscription.objects.bulk_create(made)
    wording = Wording.of("", intake.wording) if made else None
    Consent.objects.bulk_create(
        Consent(
            subscription=each,
            act=Consent.Act.IMPORTED,
            source=Consent.Source.IMPORT,
            wording=wording,
            at=now,
        )
        for each in made
    )
    if not intake.is_confirmed:
        Notice.objects.bulk_create(
            Notice(
                subscription=each,
                address_key=key,
                kind=Notice.Kind.CONFIRM,
                due_at=each.confirmation_requested_at or now,
            )
            for key, each in zip(new, made, strict=True)
        )
    return due_at
