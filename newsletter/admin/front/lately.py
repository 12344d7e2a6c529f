"""What became of the last editions: five numbers each, with a bar that compares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsletter.models import Edition, Tally

SHOWN = 8
COLUMNS = (
    "accepted_count",
    "doubtful_count",
    "bounced_count",
    "complained_count",
    "left_count",
)


@dataclass(frozen=True)
class Number:
    """`share` of the largest in its column, in per cent, for the bar; of nothing there is none."""

    label: str
    count: str
    share: int


@dataclass(frozen=True)
class Row:
    edition: Edition
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Lately:
    headings: Sequence[str]
    rows: Sequence[Row]


def lately() -> Lately:
    """The newest that began to leave, or that ended without: those say why."""
    ended = [Edition.State.SKIPPED, Edition.State.EXPIRED, Edition.State.CANCELLED]
    newest = Edition.objects.published() | Edition.objects.filter(state__in=ended)
    editions = list(newest.select_related("newsletter", "tally").with_headlines()[:SHOWN])
    largest = {
        name: max((getattr(tally(each), name) for each in editions), default=0) for name in COLUMNS
    }
    headings = [_("Accepted"), _("In doubt"), _("Bounced"), _("Spam"), _("Left")]
    rows = [Row(each, numbers(tally(each), largest, headings)) for each in editions]
    return Lately(headings, rows)


def tally(edition: Edition) -> Tally:
    """All nothing while nobody has counted."""
    return getattr(edition, "tally", None) or Tally()


def numbers(counts: Tally, largest: dict[str, int], headings: Sequence[str]) -> list[Number]:
    return [
        Number(label, f"{count:,}", share(count, largest[name]))
        for label, name in zip(headings, COLUMNS, strict=True)
        for count in [getattr(counts, name)]
    ]


def share(count: int, largest: int) -> int:
    """At least one per cent of something, so that it can be seen."""
    return max(1, round(100 * count / largest)) if count else 0
