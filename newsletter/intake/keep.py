"""Rows into the tables: who is new is written down, everybody else stays as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.intake.headings import SUPPRESSED
from newsletter.intake.newcomer import Newcomer, newcomer
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

# Said here, and not left to the database: rows of plain values are written in half the time.
PLAIN = {"time_zone": ""}
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
        """A file may say that somebody is no reader, and not that somebody is one."""
        if reader.state == State.UNSUBSCRIBED:
            return State.UNSUBSCRIBED
        has_confirmed = self.is_confirmed and reader.state != State.PENDING
        return State.CONFIRMED if has_confirmed else State.PENDING


@transaction.atomic
def take(piece: Piece, intake: Intake, due_at: datetime) -> tuple[Report, datetime]:
    """A few thousand rows, whole or not at all; when the next reader may be asked."""
    report = Report()
    readers = checked(piece, intake, report)
    keys = Suppression.objects.holding().filter(address_key__in=readers)
    suppressed = set(keys.values_list("address_key", flat=True))
    suppressed |= {key for key, each in readers.items() if each.state == SUPPRESSED}
    welcome = {key: each for key, each in readers.items() if key not in suppressed}
    here = dict(
        Subscription.objects.filter(
            newsletter=intake.newsletter, subscriber__address_key__in=welcome
        ).values_list("subscriber__address_key", "state")
    )
    new = {key: each for key, each in welcome.items() if key not in here}
    stay, come = Counter(here.values()), Counter(map(intake.state_of, new.values()))
    report.counts.update(
        added=len(new) - come[State.UNSUBSCRIBED],
        already=len(here) - stay[State.UNSUBSCRIBED],
        left=stay[State.UNSUBSCRIBED] + come[State.UNSUBSCRIBED],
        suppressed=len(suppressed),
    )
    if new and not intake.is_dry:
        due_at = add(new, intake, due_at)
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


def add(new: dict[str, Newcomer], intake: Intake, due_at: datetime) -> datetime:
    """Whoever is to be asked, from a time on; when the next one may be."""
    turns = Turns(due_at)
    ids = known_by_key(new)
    has_roundup = intake.newsletter.roundup is not None
    tastes = {each.taste: Taste.of(*each.taste) if each.taste else None for each in new.values()}
    made = []
    for key, reader in new.items():
        subscription = Subscription(
            subscriber_id=ids[key],
            newsletter=intake.newsletter,
            taste=tastes[reader.taste],
            **PLAIN | reader.columns | moments(reader, intake, turns),
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


def known_by_key(new: dict[str, Newcomer]) -> dict[str, int]:
    """The subscribers' numbers; who is not there is made."""
    Subscriber.objects.bulk_create(
        [Subscriber(email=each.email, address_key=key) for key, each in new.items()],
        ignore_conflicts=True,
    )
    return dict(Subscriber.objects.filter(address_key__in=new).values_list("address_key", "pk"))


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
