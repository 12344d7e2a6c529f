"""Rows into the tables: who is new is written down, everybody else stays as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.asking import asked_of_late
from newsletter.intake.headings import SUPPRESSED
from newsletter.intake.newcomer import Newcomer, Wanted, newcomer
from newsletter.intake.read import BadFile, Piece, Rejected
from newsletter.intake.turns import Turns
from newsletter.models import (
    Consent,
    Newsletter,
    Notice,
    Subscriber,
    Subscription,
    Suppression,
    Taste,
    Wording,
)
from newsletter.models.subscribers import address_key

KINDS = ("added", "already", "left", "suppressed", "rejected")

State = Subscription.State
Rhythm = Subscription.Rhythm


@dataclass
class Report:
    """How many rows came to what, by KINDS."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True)
class Intake:
    """What an operator says of a file. Raises BadFile where nobody can have agreed to it."""

    newsletter: Newsletter
    wording: str  # that its readers agreed to
    is_confirmed: bool = False  # each of them by a link of their own, at whoever had them before
    is_dry: bool = False  # look at all rows, and keep none

    def __post_init__(self) -> None:
        if not self.wording.strip():
            wrong = _("Say which words its readers agreed to: without them it is no consent.")
            raise BadFile(wrong)
        if with_readers := self.newsletter.roundup_of:
            wrong = _("%(roundup)s has no readers of its own: it goes to those of %(newsletter)s.")
            raise BadFile(wrong % {"roundup": self.newsletter, "newsletter": with_readers})
        if not self.newsletter.takes_readers:
            wrong = _("%(newsletter)s is not in print: it takes no readers.")
            raise BadFile(wrong % {"newsletter": self.newsletter})

    def state_of(self, reader: Newcomer) -> str:
        """A file may say that somebody is no reader, and not that somebody is one. Who is mailed no
        more elsewhere has left: no later file makes a reader of them."""
        if reader.state in (State.UNSUBSCRIBED, SUPPRESSED):
            return State.UNSUBSCRIBED
        has_confirmed = self.is_confirmed and reader.state != State.PENDING
        return State.CONFIRMED if has_confirmed else State.PENDING


@transaction.atomic
def take(piece: Piece, intake: Intake, due_at: datetime) -> tuple[Report, datetime]:
    """A few thousand rows, whole or not at all; when the next reader may be asked."""
    report = Report()
    readers = checked(piece, intake, report)
    suppressed = suppressed_among(readers)
    here = states_of(readers, intake)
    asked = asked_among(readers, intake)
    new = without(readers, suppressed, here, asked)
    if new and not intake.is_dry:
        ids = held(new)
        here |= states_of(new, intake)  # now that nobody else writes them
        new = without(new, here)
        due_at = add(new, ids, intake, due_at)
    come = {key: intake.state_of(each) for key, each in new.items()}
    for key, each in readers.items():
        if key in suppressed or each.state == SUPPRESSED:
            report.counts["suppressed"] += 1
        elif (here | come).get(key) == State.UNSUBSCRIBED:
            report.counts["left"] += 1
        else:
            report.counts["added" if key in new else "already"] += 1
    return report, due_at


def checked(piece: Piece, intake: Intake, report: Report) -> dict[str, Newcomer]:
    """The readers whose rows are right, by the key of their address, each once."""
    readers: dict[str, Newcomer] = {}
    for row in piece:
        if isinstance(row, Rejected):
            report.rejected.append(row)
            continue
        try:
            reader = newcomer(row, intake.newsletter)
        except ValidationError as wrong:
            report.rejected.append(Rejected(row.line, " ".join(wrong.messages)))
            continue
        key = address_key(reader.email)
        report.counts["already"] += key in readers
        readers[key] = decisive(readers.get(key, reader), reader)
    report.counts["rejected"] += len(report.rejected)
    return readers


def decisive(first: Newcomer, other: Newcomer) -> Newcomer:
    """Of two rows for one address: the first, unless only the other says to mail nobody there."""
    weight = {State.UNSUBSCRIBED: 1, SUPPRESSED: 2}
    return max(first, other, key=lambda each: weight.get(each.state, 0))


def suppressed_among(readers: dict[str, Newcomer]) -> set[str]:
    keys = Suppression.objects.holding().filter(address_key__in=readers)
    return set(keys.values_list("address_key", flat=True))


def states_of(readers: dict[str, Newcomer], intake: Intake) -> dict[str, str]:
    """Of those that the newsletter has."""
    here = Subscription.objects.filter(
        newsletter=intake.newsletter, subscriber__address_key__in=readers
    )
    return dict(here.values_list("subscriber__address_key", "state"))


def asked_among(readers: dict[str, Newcomer], intake: Intake) -> set[str]:
    """Those whom a file does not ask: somebody did in the last month, and got no answer."""
    to_ask = [key for key, each in readers.items() if intake.state_of(each) == State.PENDING]
    return set(asked_of_late(to_ask, timezone.now()).values_list("address_key", flat=True))


def without(readers: dict[str, Newcomer], *others: Collection[str]) -> dict[str, Newcomer]:
    return {key: each for key, each in readers.items() if not any(key in keys for keys in others)}


def held(new: dict[str, Newcomer]) -> dict[str, int]:
    """The subscribers' numbers; whom nobody else asks, moves or erases before the transaction ends.
    Who is not there is made. In one order, so that two files do not wait for each other."""
    rows = Subscriber.objects.select_for_update().filter(address_key__in=new)
    while True:
        Subscriber.objects.bulk_create(
            [Subscriber(email=new[key].email, address_key=key) for key in sorted(new)],
            ignore_conflicts=True,
        )
        ids = dict(rows.order_by("address_key").values_list("address_key", "pk"))
        if len(ids) == len(new):
            return ids


def add(
    new: dict[str, Newcomer], ids: dict[str, int], intake: Intake, due_at: datetime
) -> datetime:
    """Whoever is to be asked, from a time on; when the next one may be."""
    turns = Turns(due_at)
    has_roundup = intake.newsletter.roundup is not None
    tastes: dict[Wanted | None, Taste | None] = {None: None}
    tastes |= {its: Taste.of(*its) for its in tastes_of(new)}
    made = []
    for key, reader in new.items():
        subscription = Subscription(
            subscriber_id=ids[key],
            newsletter=intake.newsletter,
            taste=tastes[reader.taste],
            **reader.columns | moments(reader, intake, turns),
        )
        if not has_roundup:
            subscription.rhythm = Rhythm.DAILY
        elif subscription.rhythm == Rhythm.WEEKLY:
            subscription.weekly_since = timezone.now()
        made.append(subscription)
    Subscription.objects.bulk_create(made)
    Consent.objects.bulk_create(consents(new, made, intake))
    Notice.objects.bulk_create(
        Notice(
            subscription=each,
            address_key=key,
            kind=Notice.Kind.CONFIRM,
            due_at=each.confirmation_requested_at,
            can_wait=True,
        )
        for key, each in zip(new, made, strict=True)
        if each.confirmation_requested_at
    )
    return turns.ends_at


def tastes_of(new: dict[str, Newcomer]) -> set[Wanted]:
    return {each.taste for each in new.values() if each.taste}


def moments(reader: Newcomer, intake: Intake, turns: Turns) -> dict[str, object]:
    """The state, and the times that go with it."""
    state, now = intake.state_of(reader), timezone.now()
    given = reader.columns.get("confirmed_at")
    if state == State.CONFIRMED:
        return {"state": state, "confirmed_at": given or now}
    if state == State.PENDING:
        return {
            "state": state,
            "confirmed_at": None,
            "confirmation_requested_at": turns.next(reader.email),
        }
    return {"state": state, "unsubscribed_at": reader.columns.get("unsubscribed_at", now)}


def consents(
    new: dict[str, Newcomer], made: list[Subscription], intake: Intake
) -> Iterator[Consent]:
    """What the file tells, and that it came from a file."""
    now = timezone.now()
    wordings = {("", intake.wording): Wording.of("", intake.wording)}
    for reader, subscription in zip(new.values(), made, strict=True):
        for proof in reader.proofs:
            words = (proof.language, proof.wording)
            if words not in wordings and proof.wording:
                wordings[words] = Wording.of(*words)
            yield Consent(
                subscription=subscription,
                act=proof.act,
                source=proof.source,
                wording=wordings.get(words),
                network=proof.network,
                at=proof.at,
            )
        yield Consent(
            subscription=subscription,
            act=Consent.Act.IMPORTED,
            source=Consent.Source.IMPORT,
            wording=wordings["", intake.wording],
            at=now,
        )
