"""What became of the last editions: five numbers each, with a bar that compares them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsletter.deliver.progress import standings
from newsletter.models import Edition, Report

SHOWN = 8

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Number:
    """`share` of the largest in its column, in per cent, for the bar; of nothing there is none."""

    label: str
    count: str
    share: int


@dataclass(frozen=True)
class Row:
    """`numbers` is empty for an edition of which nothing began to leave."""

    edition: Edition
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Lately:
    headings: Sequence[str]
    rows: Sequence[Row]


def lately() -> Lately:
    """The newest that began to leave, or that ended without: those say why. A correction is one of
    them, since it was mailed."""
    ended = [Edition.State.SKIPPED, Edition.State.EXPIRED, Edition.State.CANCELLED]
    newest = Edition.objects.begun() | Edition.objects.filter(state__in=ended)
    rows = newest.select_related("newsletter", "report").with_headlines()
    editions = list(rows.order_by("-date", "-pk")[:SHOWN])
    counts = counts_of(editions)
    words = headings()
    largest = {name: max(each[name] for each in counts.values()) for name in words if counts}
    return Lately(
        list(words.values()),
        [Row(each, numbers(counts.get(each.pk), largest, words)) for each in editions],
    )


def headings() -> dict[str, str]:
    return {
        "accepted": _("Accepted"),
        "doubtful": _("In doubt"),
        "bounced": _("Bounced"),
        "complained": _("Spam"),
        "left": _("Left"),
    }


def counts_of(editions: Collection[Edition]) -> dict[int, Counts]:
    """By the edition's key, of those that began to leave: how each stands, and what its report has
    counted."""
    begun = [edition for edition in editions if edition.audience_frozen_at]
    balances = standings(begun)
    return {
        edition.pk: {
            "accepted": balances[edition.pk].accepted,
            "doubtful": balances[edition.pk].doubtful_count,
            "bounced": report_of(edition).told_count("hard", "soft", "policy"),
            "complained": report_of(edition).told_count("complained"),
            "left": report_of(edition).told_count("left"),
        }
        for edition in begun
    }


def report_of(edition: Edition) -> Report:
    """All nothing while nobody has counted."""
    return getattr(edition, "report", None) or Report()


def numbers(
    counts: Counts | None, largest: Mapping[str, int], words: Mapping[str, str]
) -> list[Number]:
    if counts is None:
        return []
    return [
        Number(label, f"{counts[name]:,}", share(counts[name], largest[name]))
        for name, label in words.items()
    ]


def share(count: int, largest: int) -> int:
    """At least one per cent of something, so that it can be seen."""
    return max(1, round(100 * count / largest)) if count else 0
