"""The other papers of these days: among them a summary has to find its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import log, sqrt
from time import monotonic

from django.db.models import Max
from django.utils import timezone

from papers.models import Listing, Paper, Summary
from papers.summarise.earlier import Earlier
from papers.summarise.words import pieces, squeezed, stem

FEWEST = 8  # papers; among fewer nothing can be told
WANTED = 30  # where the last days have fewer, those before are taken
MOST = 300
DAYS = 10
REMEMBERED = 60  # days, in which nobody writes the same of two papers
MOST_WRITTEN = 2_000
GOOD_FOR = 60  # seconds, in which nobody asks whether it has grown


class Pool:
    """Titles and abstracts, indexed once. Each is known by its stems and numbers; a stem weighs the
    more the fewer papers have it. `earlier` are summaries of late, with their papers' titles."""

    def __init__(
        self, papers: Iterable[tuple[str, str]], earlier: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.earlier = Earlier(earlier)
        self.titles: list[str] = []
        self.holders: dict[str, list[int]] = defaultdict(list)
        sets = []
        for title, text in papers:
            features = features_of(f"{title}\n{text}")
            for feature in features:
                self.holders[feature].append(len(self.titles))
            self.titles.append(squeezed(title))
            sets.append(features)
        self.weights = {
            feature: log(1 + len(sets) / len(held)) ** 2 for feature, held in self.holders.items()
        }
        self.rare = log(1 + len(sets)) ** 2  # the weight of what no paper of the pool has
        self.norms = [sqrt(sum(self.weights[each] for each in features)) for features in sets]

    def __len__(self) -> int:
        return len(self.titles)

    @property
    def is_enough(self) -> bool:
        return len(self) >= FEWEST

    def rank(self, text: str, title: str, *own_texts: str) -> int:
        """The place of its own paper among all, by likeness to the text: 1 is the likest. The
        paper's own entry in the pool, known by its title, does not count as another. Of its own
        texts the likest counts; none is read behind one that is likest of all."""
        asked, own_title = features_of(text), squeezed(title)
        shared: dict[int, float] = defaultdict(float)
        for feature in asked:
            weight = self.weights.get(feature, 0)
            for holder in self.holders.get(feature, ()):
                shared[holder] += weight
        others = [
            weight / self.norms[n] for n, weight in shared.items() if self.titles[n] != own_title
        ]
        own = 0.0
        for each in own_texts:
            own = max(own, self.likeness(asked, features_of(f"{title}\n{each}")))
            if own and own >= max(others, default=0.0):
                break
        if not own:
            return len(self) + 1
        return 1 + sum(other > own for other in others)

    def count(self, name: str) -> int:
        """How many papers have all the words of a name."""
        held = [set(self.holders.get(each, ())) for each in features_of(name)]
        return len(set.intersection(*held)) if held else len(self)

    def likeness(self, asked: frozenset[str], features: frozenset[str]) -> float:
        norm = sqrt(sum(self.weights.get(each, self.rare) for each in features))
        shared = sum(self.weights.get(each, self.rare) for each in asked & features)
        return shared / norm if norm else 0.0


def features_of(text: str) -> frozenset[str]:
    """Stems of the Latin words over two letters, and numbers over three."""
    return kept_features(text)


@lru_cache(maxsize=256)
def kept_features(text: str) -> frozenset[str]:
    found = set(pieces(text))
    numbers = {each for each in found if each.isdecimal()}
    words = {stem(each) for each in found - numbers if len(each) > 2 and each.isascii()}
    return frozenset(words | {each for each in numbers if len(each) < 7 and int(each) > 3})


def pool_around(day: date | None = None) -> Pool:
    """Of the ten days before a day's end, and, where these are few, of before; at most 300."""
    listed = Paper.objects.exclude(abstract="").annotate(listed_on=Max("listings__date"))
    listed = listed.exclude(listed_on=None)
    if day:
        listed = listed.filter(listings__date__lte=day)
    rows = list(listed.order_by("-listed_on").values_list("listed_on", "title", "abstract")[:MOST])
    since = rows[0][0] - timedelta(days=DAYS) if rows else None
    stored = [
        (title, abstract)
        for n, (listed_on, title, abstract) in enumerate(rows)
        if n < WANTED or listed_on >= since
    ]
    return Pool(stored, written(day))


def written(day: date | None) -> Iterator[tuple[str, str]]:
    """What was written, not excerpted, in the sixty days before a day's end, the latest first."""
    until = day or timezone.now().date()
    rows = Summary.objects.exclude(writer=Summary.Writer.EXTRACT).filter(
        written_at__date__gt=until - timedelta(days=REMEMBERED),
        written_at__date__lte=until + timedelta(days=1),
    )
    columns = ("paper__title", "lead", "whats_new", "technical_details", "performance_highlights")
    for title, *parts in rows.order_by("-written_at").values_list(*columns)[:MOST_WRITTEN]:
        yield title, "\n".join(parts)


@dataclass(frozen=True)
class Kept:
    pool: Pool
    day: date
    newest: int  # the listing that came last
    asked_at: float  # by the monotonic clock


KEPT: dict[str, Kept] = {}


def todays_pool() -> Pool:
    """Built once for what is listed, and kept by the process: whether a list has come since, or the
    day is another, is asked once a minute."""
    today, now = timezone.now().date(), monotonic()
    kept = KEPT.get("today")
    if kept and kept.day == today and now - kept.asked_at < GOOD_FOR:
        return kept.pool
    newest = Listing.objects.aggregate(newest=Max("pk"))["newest"] or 0
    is_same = kept and (kept.day, kept.newest) == (today, newest)
    pool = kept.pool if kept and is_same else pool_around()
    KEPT["today"] = Kept(pool, today, newest, now)
    return pool
