"""Who gets an edition: the confirmed readers of one moment, written down before anything leaves.

A correction goes to those who have what it corrects; a supplement adds those who came later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils.module_loading import import_string

from newsletter.deliver import dialect
from newsletter.deliver.dialect import Variant
from newsletter.models import Delivery, Edition, Subscription
from newsletter.morning import Morning, morning, mornings

MAKER = "newsletter.deliver.variants.variants_of"
SLICE = 10_000  # subscriptions looked at in a transaction

# Whoever changes their hour while this runs has no morning, and gets it when the edition leaves. A
# variant without a rendition has no entry that its readers want.
FREEZE = """
INSERT INTO newsletter_delivery
    (edition_id, subscriber_id, rendition_id, address_key, state, not_before, expires_at)
SELECT %(edition)s, subscriber_id, COALESCE(variant.rendition, {rendition}), address_key,
    CASE WHEN reads IS NOT NULL AND variant.rendition IS NULL THEN 'suppressed' ELSE 'pending' END,
    COALESCE(at, %(at)s), COALESCE(old_at, %(old_at)s)
FROM newsletter_subscription
JOIN newsletter_subscriber ON newsletter_subscriber.id = subscriber_id
LEFT JOIN {mornings} ON {has_morning}
LEFT JOIN {variants} ON {has_variant}
WHERE newsletter_id = %(newsletter)s AND state = 'confirmed'
  AND confirmed_at <= %(cutoff)s AND {wanted}
  AND (paused_until IS NULL OR paused_until <= COALESCE(at, %(at)s))
  AND newsletter_subscription.id > %(after)s AND newsletter_subscription.id <= %(up_to)s
  AND NOT {suppressed}
ORDER BY newsletter_subscription.id
"""
READS_IT = "rhythm = %(rhythm)s AND COALESCE(weekdays & weekday_bits, 1) <> 0"
CAME_LATER = f"{READS_IT} AND confirmed_at > %(since)s"
HAS_IT = tuple(map(str, Delivery.HAS_IT))  # as SQL writes it, too
HAD_IT = f"""EXISTS (SELECT 1 FROM newsletter_delivery AS had
    WHERE had.subscriber_id = newsletter_subscription.subscriber_id
      AND had.edition_id = %(corrects)s AND had.state IN {HAS_IT})
"""


class Part(NamedTuple):
    """Some of the readers of a moment, by the keys of their subscriptions."""

    after: int
    up_to: int
    cutoff: datetime
    since: datetime | None = None  # those alone who confirmed after it, and they at once


def freeze_audience(edition: Edition) -> None:
    """A pending Delivery for each reader confirmed at the cutoff. Goes on where a killed run
    stopped: the watermark moves in the same transaction as the rows."""
    if edition.audience_max_id is None:
        newest = Subscription.objects.aggregate(Max("pk"))["pk__max"] or 0
        Edition.objects.filter(pk=edition.pk, audience_max_id=None).update(audience_max_id=newest)
    variants = variants_of(edition)
    while freeze_slice(edition, variants):
        pass
    edition.refresh_from_db()


def variants_of(edition: Edition) -> list[Variant]:
    """For readers with a taste, where there are any: what writes mails is loaded for them alone. A
    correction reads the same to all."""
    if edition.corrects_id:
        return []
    own = Q(taste__isnull=False) | Q(weekly_since__isnull=False)
    if not edition.subscriptions.filter(own, rhythm=edition.rhythm).exists():
        return []
    make: Callable[[Edition], list[Variant]] = import_string(MAKER)
    return make(edition)


def freeze_slice(edition: Edition, variants: Sequence[Variant] = ()) -> bool:
    """The next rows in key order; False when there are no more."""
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition.pk)
        up_to = end_of_slice(row, row.audience_watermark, row.audience_max_id)
        if up_to is None:
            return False
        assert row.audience_cutoff_at  # as begin has set
        insert(row, Part(row.audience_watermark, up_to, row.audience_cutoff_at), variants)
        Edition.objects.filter(pk=row.pk).update(audience_watermark=up_to)
    return True


def end_of_slice(edition: Edition, after: int, last: int | None) -> int | None:
    """The key of the last subscription of the next slice; None when all were looked at."""
    left = edition.subscriptions.filter(pk__gt=after, pk__lte=last)
    end: int | None = left.order_by("pk")[:SLICE].aggregate(Max("pk"))["pk__max"]
    return end


def insert(edition: Edition, part: Part, variants: Sequence[Variant]) -> int:
    """In one statement; no reader passes through here. Returns how many rows it wrote."""
    languages, rendition = rendition_of_reader(edition)
    at_once, own = due(edition, part)
    names = languages | {
        "edition": edition.pk,
        "corrects": edition.corrects_id,
        "newsletter": edition.newsletter.subscribed_id,
        "rhythm": edition.rhythm,
        "mornings": dialect.telling_mornings(own),
        "variants": dialect.telling_variants(variants),
        "at": dialect.adapted(at_once.at),
        "old_at": dialect.adapted(at_once.expires_at),
        "cutoff": dialect.adapted(part.cutoff),
        "since": dialect.adapted(part.since),
        "after": part.after,
        "up_to": part.up_to,
    }
    sql = FREEZE.format(
        wanted=wanted(edition, part),
        suppressed=dialect.suppressed(),
        rendition=rendition,
        mornings=dialect.mornings("%(mornings)s"),
        has_morning=dialect.HAS_MORNING,
        variants=dialect.variants("%(variants)s"),
        has_variant=dialect.HAS_VARIANT,
    )
    try:
        with transaction.atomic():
            return execute(sql, names)
    except IntegrityError:  # some are there already; to ask each time takes a third longer
        return execute(f"{sql} ON CONFLICT DO NOTHING", names)


def wanted(edition: Edition, part: Part) -> str:
    """Who of the readers it goes to, in SQL."""
    if edition.corrects_id:
        return HAD_IT
    return CAME_LATER if part.since else READS_IT


def due(edition: Edition, part: Part) -> tuple[Morning, list[Morning]]:
    """When it leaves to most, and to those who chose an hour. A correction waits for nobody's, and
    neither does what was left behind."""
    at_once = morning(edition, time_zone="", hour=None)
    if edition.corrects_id:
        return at_once, []
    readers = edition.subscriptions.filter(pk__gt=part.after, pk__lte=part.up_to)
    own = mornings(edition, readers)
    if part.since is None:
        return at_once, own
    assert edition.expires_at  # as the order has set
    now, end = part.cutoff, edition.expires_at
    late = [each._replace(at=now, expires_at=end) for each in own]
    return at_once._replace(at=now, expires_at=end), late


def execute(sql: str, names: Mapping[str, int | str | None]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return int(cursor.rowcount)


def rendition_of_reader(edition: Edition) -> tuple[dict[str, int | str | None], str]:
    """In the reader's language, else in the edition's main one: an expression of SQL, and the
    values that it names."""
    frozen = edition.renditions.whole().filter(frozen_at__isnull=False)
    by_language = dict(frozen.values_list("language", "pk"))
    names: dict[str, int | str | None] = {"main": by_language[edition.languages[0]]}
    cases = ""
    for number, (language, rendition) in enumerate(by_language.items()):
        names |= {f"language{number}": language, f"rendition{number}": rendition}
        cases += f"WHEN %(language{number})s THEN %(rendition{number})s "
    return names, f"CASE language {cases}ELSE %(main)s END"
