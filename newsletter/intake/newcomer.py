"""What a row of a file says of a reader, checked as the form checks it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.address import clean_address
from newsletter.forms import LONGEST_PAUSE, TopicsField
from newsletter.intake.headings import STATE_BY_WORD
from newsletter.intake.read import Row
from newsletter.models import Consent, Newsletter, Subscription
from newsletter.models.newsletters import time_zone_names
from newsletter.morning import bits
from newsletter.storable import is_storable

MOST_ENTRIES = 100
LONGEST_WORDING = 20_000  # characters
TOPICS = TopicsField()
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # nobody was mailed a newsletter before

UNREADABLE = (KeyError, TypeError, ValueError, OverflowError, RecursionError)

State = Subscription.State
Rhythm = Subscription.Rhythm
Wanted = tuple[int | None, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Proof:
    """An act of a reader's that a file tells of."""

    act: str
    source: str
    at: datetime
    network: str
    language: str  # of the wording
    wording: str


@dataclass(frozen=True)
class Newcomer:
    line: int
    email: str
    state: str  # blank where the file does not say
    columns: dict[str, Any] = field(default_factory=dict)  # of Subscription
    taste: Wanted | None = None
    proofs: tuple[Proof, ...] = ()


def newcomer(row: Row, newsletter: Newsletter) -> Newcomer:
    """Raises ValidationError for a row that cannot be taken, with the reason."""
    cells = row.cells
    email = clean_address(cells.get("email", ""))
    if cells.get("newsletter", newsletter.slug) != newsletter.slug:
        raise ValidationError(_("This row is another newsletter’s."))
    read = {name: taken(name, cells[name]) for name in READERS if name in cells}
    state = read.pop("state", State.UNSUBSCRIBED if "left_at" in cells else "")
    wanted = [read.pop(name, None) for name in ("papers_at_most", "topics_first")]
    taste = (*wanted, read.pop("topics_left_out", None))
    proofs = read.pop("consents", ())
    if "left_at" in read:
        read["unsubscribed_at"] = read.pop("left_at")
    language = language_of(cells.get("language", ""), newsletter)
    return Newcomer(
        line=row.line,
        email=email,
        state=state,
        columns={"language": language, **read},
        taste=(taste[0], taste[1] or (), taste[2] or ()) if any(taste) else None,
        proofs=proofs,
    )


def taken(column: str, cell: str) -> Any:
    try:
        return READERS[column](cell)
    except (*UNREADABLE, ValidationError) as wrong:
        raise ValidationError(
            _("What stands under %(column)s cannot be read.") % {"column": column}
        ) from wrong


def language_of(tag: str, newsletter: Newsletter) -> str:
    """One of the newsletter's: of `en-GB` and `en_GB` it may be `en`."""
    tag = tag.lower().replace("_", "-")
    return newsletter.language_for(tag if tag in newsletter.languages else tag.partition("-")[0])


def days(cell: str) -> int:
    """`1 2 3`: 1 is Monday."""
    numbers = {int(day) for day in re.split(r"[\s,]+", cell)}
    if not numbers <= set(range(1, 8)):
        raise ValueError(cell)
    return bits(numbers)


def number_in(numbers: range) -> Callable[[str], int]:
    def read(cell: str) -> int:
        number = int(cell)
        if number not in numbers:
            raise ValueError(cell)
        return number

    return read


def time_zone(cell: str) -> str:
    if cell not in time_zone_names():
        raise ValueError(cell)
    return cell


def moment(cell: str) -> datetime:
    """ISO 8601; in UTC where it does not say."""
    at = datetime.fromisoformat(cell)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at < EARLIEST:
        raise ValueError(cell)
    return at


def past(cell: str) -> datetime:
    return min(moment(cell), timezone.now())


def pause(cell: str) -> datetime:
    """No longer than the form allows."""
    return min(moment(cell), timezone.now() + LONGEST_PAUSE)


def topics(cell: str) -> tuple[str, ...]:
    return tuple(TOPICS.clean(cell))


def proofs(cell: str) -> tuple[Proof, ...]:
    return tuple(
        Proof(
            act=Consent.Act(each["act"]),
            source=Consent.Source(each["source"]),
            at=past(each["at"]),
            network=as_kept(each["network"]),
            language=words(each["language"])[:16],
            wording=words(each["wording"]),
        )
        for each in json.loads(cell)
    )


def words(said: object) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_WORDING or not is_storable(said):
        raise ValueError(said)
    return said


def as_kept(network: str) -> str:
    """The key of a network, or nothing."""
    if not re.fullmatch("[0-9a-f]{0,32}", network):
        raise ValueError(network)
    return network


READERS: dict[str, Callable[[str], Any]] = {
    "state": lambda cell: STATE_BY_WORD[cell.lower()],
    "rhythm": Rhythm,
    "weekdays": days,
    "hour": number_in(range(24)),
    "time_zone": time_zone,
    "paused_until": pause,
    "papers_at_most": number_in(range(1, MOST_ENTRIES + 1)),
    "topics_first": topics,
    "topics_left_out": topics,
    "confirmed_at": past,
    "left_at": past,
    "consents": proofs,
}
