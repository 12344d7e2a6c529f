"""Who gets an edition: the confirmed readers of one moment, written down before anything leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils.module_loading import import_string

from newsletter.deliver import dialect
from newsletter.deliver.dialect import Variant
from newsletter.models import Edition, Subscription
from newsletter.morning import morning, mornings

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
WHERE newsletter_id = %(newsletter)s AND rhythm = %(rhythm)s
  AND state = 'confirmed' AND confirmed_at <= %(cutoff)s
  AND COALESCE(weekdays & weekday_bits, 1) <> 0
  AND (paused_until IS NULL OR paused_until <= COALESCE(at, %(at)s))
  AND newsletter_subscription.id > %(after)s AND newsletter_subscription.id <= %(up_to)s
  AND NOT {suppressed}
ORDER BY newsletter_subscription.id
"""


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
    """For readers with a taste, where there are any: what writes mails is loaded for them alone."""
    own = Q(taste__isnull=False) | Q(weekly_since__isnull=False)
    if not edition.subscriptions.filter(own, rhythm=edition.rhythm).exists():
        return []
    make: Callable[[Edition], list[Variant]] = import_string(MAKER)
    return make(edition)


def freeze_slice(edition: Edition, variants: Sequence[Variant] = ()) -> bool:
    """The next rows in key order; False when there are no more."""
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition.pk)
        up_to = end_of_slice(row)
        if up_to is None:
            return False
        insert(row, up_to, variants)
        Edition.objects.filter(pk=row.pk).update(audience_watermark=up_to)
    return True


def end_of_slice(edition: Edition) -> int | None:
    """The key of the last subscription of the next slice; None when all were looked at."""
    left = edition.subscriptions.filter(
        pk__gt=edition.audience_watermark, pk__lte=edition.audience_max_id
    )
    end: int | None = left.order_by("pk")[:SLICE].aggregate(Max("pk"))["pk__max"]
    return end


def insert(edition: Edition, up_to: int, variants: Sequence[Variant]) -> None:
    """In one statement; no reader passes through here."""
    languages, rendition = rendition_of_reader(edition)
    part = edition.subscriptions.filter(pk__gt=edition.audience_watermark, pk__lte=up_to)
    at_once = morning(edition, time_zone="", hour=None)
    names = languages | {
        "edition": edition.pk,
        "newsletter": edition.newsletter.subscribed_id,
        "rhythm": edition.rhythm,
        "mornings": dialect.telling_mornings(mornings(edition, part)),
        "variants": dialect.telling_variants(variants),
        "at": dialect.adapted(at_once.at),
        "old_at": dialect.adapted(at_once.expires_at),
        "cutoff": dialect.adapted(edition.audience_cutoff_at),
        "after": edition.audience_watermark,
        "up_to": up_to,
    }
    sql = FREEZE.format(
        suppressed=dialect.suppressed(),
        rendition=rendition,
        mornings=dialect.mornings("%(mornings)s"),
        has_morning=dialect.HAS_MORNING,
        variants=dialect.variants("%(variants)s"),
        has_variant=dialect.HAS_VARIANT,
    )
    try:
        with transaction.atomic():
            execute(sql, names)
    except IntegrityError:  # some are there already; to ask each time takes a third longer
        execute(f"{sql} ON CONFLICT DO NOTHING", names)


def execute(sql: str, names: Mapping[str, int | str | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, names)


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
