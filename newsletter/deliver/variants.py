"""An edition's mails for readers with a taste of their own, made when its audience is frozen."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Case, Count, Value, When
from django.utils import timezone

from newsletter.deliver.dialect import Variant
from newsletter.models import Edition, Entry, Rendition, Subscription, Taste
from newsletter.render import matters_of, render_edition
from newsletter.rendered import frozen, frozen_fields
from newsletter.roundup import week_of
from newsletter.taste import Selection, selected

logger = logging.getLogger(__name__)

MOST_VARIANTS = 100  # of an edition: each takes a tenth of a second to make, and 0.2 MB of a sender


class Wish(NamedTuple):
    reads: str  # the readers' language
    taste: int
    had: int  # so many editions of the week, as a daily reader
    language: str  # that the edition has for them
    selection: Selection


def variants_of(edition: Edition) -> list[Variant]:
    """A rendition for each selection that differs from the whole edition. May be repeated.

    What most readers want comes first; beyond `MOST_VARIANTS` readers get the whole edition, and so
    does everybody where what was approved would be printed otherwise by now.
    """
    week = week_as_sent(edition)
    wanted = [wish for wish in wishes(edition, week) if wish.selection.key]
    changed = [each for each in {wish.language for wish in wanted} if is_changed(edition, each)]
    if changed:
        logger.warning("variants edition=%s: not as approved: %s", edition.pk, changed)
    known = edition.renditions.exclude(variant="").values_list("language", "variant", "pk")
    made: dict[tuple[str, str], int | None] = {
        (language, variant): pk for language, variant, pk in known
    }
    for wish in wanted:
        place = (wish.language, wish.selection.key)
        if not wish.selection.chosen:
            made[place] = None
        elif place not in made and wish.language not in changed and len(made) < MOST_VARIANTS:
            made[place] = make(edition, wish.language, wish.selection).pk
    moments = [None, *(each.audience_cutoff_at for each in week), None]
    return [
        Variant(
            reads=wish.reads,
            taste=wish.taste,
            rendition=made[wish.language, wish.selection.key],
            since=moments[wish.had],
            before=moments[wish.had + 1],
        )
        for wish in wanted
        if (wish.language, wish.selection.key) in made
    ]


def wishes(edition: Edition, week: Sequence[Edition]) -> Iterator[Wish]:
    """One for each language, taste and past among the readers, those of the most first."""
    languages, tastes = edition.languages, Taste.objects.in_bulk()
    matters = {language: matters_of(edition, language) for language in languages}
    had_before = [printed_in(week[:count], edition) for count in range(len(week) + 1)]
    for group in groups_of_readers(edition, week):
        reads, taste, had = group["language"], group["taste"] or 0, group["had"]
        language = reads if reads in languages else languages[0]
        selection = selected(matters[language], tastes.get(taste, Taste()), had_before[had])
        yield Wish(reads, taste, had, language, selection)


def groups_of_readers(edition: Edition, week: Sequence[Edition]) -> Iterable[Mapping[str, Any]]:
    counted = [
        When(weekly_since__gte=each.audience_cutoff_at, then=Value(count))
        for count, each in reversed([*enumerate(week, start=1)])
    ]
    readers = edition.subscriptions.filter(
        state=Subscription.State.CONFIRMED, rhythm=edition.rhythm
    ).annotate(had=Case(*counted, default=Value(0)))
    groups = readers.exclude(taste=None, had=0).order_by().values("language", "taste", "had")
    return groups.annotate(count=Count("pk")).order_by("-count", "language", "taste", "had")


def week_as_sent(edition: Edition) -> list[Edition]:
    """What those who chose a roundup since may have had as daily readers, in order."""
    if edition.newsletter.roundup_of is None:
        return []
    sent = week_of(edition).filter(audience_cutoff_at__isnull=False)
    return list(sent.order_by("audience_cutoff_at"))


def printed_in(editions: Sequence[Edition], edition: Edition) -> set[int]:
    """The places in an edition of the papers that others have printed."""
    if not editions:
        return set()
    papers = set(
        Entry.objects.filter(edition__in=editions, hidden=False).values_list("paper", flat=True)
    )
    entries = enumerate(edition.printed_entries())
    return {place for place, entry in entries if entry.paper_id in papers}


def is_changed(edition: Edition, language: str) -> bool:
    """Whether its entries would not be printed as they were approved."""
    approved = edition.renditions.whole().get(language=language)
    return render_edition(edition, language).sha256 != frozen(approved).sha256


def make(edition: Edition, language: str, selection: Selection) -> Rendition:
    content = render_edition(edition, language, selection)
    rendition, _ = Rendition.objects.get_or_create(
        edition=edition,
        language=language,
        variant=selection.key,
        defaults=frozen_fields(content, timezone.now()),
    )
    return rendition
