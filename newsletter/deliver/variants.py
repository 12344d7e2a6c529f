"""An edition's mails for readers with a taste of their own, made when its audience is frozen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from newsletter.deliver.dialect import Variant
from newsletter.models import Edition, Rendition, Subscription, Taste
from newsletter.render import matters_of, render_edition
from newsletter.rendered import frozen, frozen_fields
from newsletter.taste import Selection, selected

logger = logging.getLogger(__name__)

MOST_VARIANTS = 100  # of an edition: each takes a tenth of a second to make, and 0.2 MB of a sender


class Wish(NamedTuple):
    reads: str  # the readers' language
    taste_id: int
    language: str  # that the edition has for them
    selection: Selection


def variants_of(edition: Edition) -> list[Variant]:
    """A rendition for each selection that differs from the whole edition. May be repeated.

    Tastes of the most readers come first; beyond `MOST_VARIANTS` readers get the whole edition, and
    so does everybody where what was approved would be printed otherwise by now.
    """
    wanted = [wish for wish in wishes(edition) if wish.selection.key]
    changed = [each for each in {wish.language for wish in wanted} if is_changed(edition, each)]
    if changed:
        logger.warning("variants edition=%s: not as approved: %s", edition.pk, changed)
    known = edition.renditions.exclude(variant="").values_list("language", "variant", "pk")
    made = {(language, variant): pk for language, variant, pk in known}
    variants = []
    for wish in wanted:
        place = (wish.language, wish.selection.key)
        if not wish.selection.chosen:
            variants.append(Variant(wish.reads, wish.taste_id, None))
            continue
        if place not in made and wish.language not in changed and len(made) < MOST_VARIANTS:
            made[place] = make(edition, wish.language, wish.selection).pk
        if place in made:
            variants.append(Variant(wish.reads, wish.taste_id, made[place]))
    return variants


def wishes(edition: Edition) -> Iterator[Wish]:
    """One for each language and taste among the readers, those of the most first."""
    readers = Subscription.objects.filter(
        newsletter=edition.newsletter_id, state=Subscription.State.CONFIRMED, taste__isnull=False
    )
    groups = readers.order_by().values("language", "taste").annotate(count=Count("pk"))
    languages = edition.languages
    matters = {language: matters_of(edition, language) for language in languages}
    tastes = Taste.objects.in_bulk()
    for group in groups.order_by("-count", "language", "taste"):
        reads, taste_id = group["language"], group["taste"]
        language = reads if reads in languages else languages[0]
        yield Wish(reads, taste_id, language, selected(matters[language], tastes[taste_id]))


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
