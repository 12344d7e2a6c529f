"""How the readers of each newsletter come and go: a line of how many there are, and a bar a day of
those who joined, upwards, and of those who left, downwards. The same stands in a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from newsletter.models import Newsletter, ReaderDay

DAYS = 30
WIDTH, LINE_HEIGHT, BAR_HEIGHT = 600, 90, 34  # units of the drawing
STEP = WIDTH / DAYS


@dataclass(frozen=True)
class Bar:
    """A day's, in units of the drawing, as they stand in it whatever the page's language."""

    x: str
    joined_from: str  # the top
    joined: str  # the height
    left: str


@dataclass(frozen=True)
class Day:
    date: date
    confirmed: str
    joined: str
    left: str


@dataclass(frozen=True)
class Growth:
    newsletter: Newsletter
    days: Sequence[Day]  # the newest first
    joined: str  # in all of them
    left: str
    lines: Sequence[str]  # points; a day that nobody counted interrupts them
    bars: Sequence[Bar]


def growth(newsletters: Sequence[Newsletter], now: datetime) -> list[Growth]:
    """Of the last thirty days; newsletters of which nobody counted any are left out."""
    publications = {newsletter.pk: newsletter for newsletter in newsletters}
    since = now.date() - timedelta(days=DAYS)  # where today is yesterday, there is a day more
    rows = ReaderDay.objects.filter(newsletter__in=publications, date__gte=since)
    by_newsletter: dict[int, list[ReaderDay]] = defaultdict(list)
    for day in rows.order_by("date"):
        by_newsletter[day.newsletter_id].append(day)
    return [
        drawn(newsletter, by_newsletter[pk])
        for pk, newsletter in publications.items()
        if pk in by_newsletter
    ]


def drawn(newsletter: Newsletter, days: Sequence[ReaderDay]) -> Growth:
    """`days` from the oldest on."""
    first = days[-1].date - timedelta(days=DAYS - 1)
    shown = [day for day in days if day.date >= first]
    return Growth(
        newsletter,
        [in_words(day) for day in reversed(shown)],
        f"{sum(day.joined_count for day in shown):,}",
        f"{sum(day.left_count for day in shown):,}",
        lines(shown, first),
        bars(shown, first),
    )


def in_words(day: ReaderDay) -> Day:
    counts = (day.confirmed_count, day.joined_count, day.left_count)
    return Day(day.date, *(f"{count:,}" for count in counts))


def lines(days: Sequence[ReaderDay], first: date) -> list[str]:
    counts = [day.confirmed_count for day in days]
    least, most = min(counts), max(counts)
    points = [
        f"{middle(day, first):.1f},{height(day.confirmed_count, least, most):.1f}" for day in days
    ]
    parts = [[points[0]]]
    for (before, after), point in zip(pairwise(days), points[1:], strict=True):
        if after.date - before.date > timedelta(days=1):
            parts.append([])
        parts[-1].append(point)
    return [" ".join(part) for part in parts]


def height(count: int, least: int, most: int) -> float:
    """Of a point below the top: the least of the month at the bottom, the most at the top."""
    share = (count - least) / (most - least) if most > least else 0.5
    return 6 + (1 - share) * (LINE_HEIGHT - 12)


def bars(days: Sequence[ReaderDay], first: date) -> list[Bar]:
    most = max(max(day.joined_count, day.left_count) for day in days) or 1
    return [bar(day, first, BAR_HEIGHT / most) for day in days]


def bar(day: ReaderDay, first: date, unit: float) -> Bar:
    joined, left = day.joined_count * unit, day.left_count * unit
    x = middle(day, first) - STEP * 0.3
    return Bar(f"{x:.1f}", f"{BAR_HEIGHT - joined:.1f}", f"{joined:.1f}", f"{left:.1f}")


def middle(day: ReaderDay, first: date) -> float:
    return ((day.date - first).days + 0.5) * STEP
