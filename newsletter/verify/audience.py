"""I1 and I2: the audience, as the readers' own rows tell it today.

Whoever chose other days or another hour since is in neither: nobody knows what they wanted then.
Nor is anybody missing who is suppressed since: what began anew tells its last begin alone.
A reader's times are read from a clock a moment before they are committed, and by other machines
than the audience's cutoff. So whoever came or went within `MOMENT` of it may have a row or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from newsletter.deliver import dialect
from newsletter.models import Delivery, Edition, Suppression
from newsletter.morning import mornings
from newsletter.verify.found import Found, found

MOMENT = timedelta(seconds=10)


def missing(edition: Edition) -> Found:
    """Readers who were confirmed at the cutoff, stayed until the audience was frozen, and have no
    row. Whoever left later still has one."""
    cutoff, frozen_at = moments(edition)
    gone = Q(unsubscribed_at__gt=F("confirmed_at"), unsubscribed_at__lte=frozen_at + MOMENT)
    readers = edition.subscriptions.filter(
        rhythm=edition.rhythm,
        pk__lte=edition.audience_max_id,
        confirmed_at__lte=cutoff - MOMENT,
    ).exclude(gone)
    row = Delivery.objects.filter(edition=edition, subscriber=OuterRef("subscriber"))
    stopped = Exists(suppressed("subscriber__address_key", cutoff - MOMENT))
    return found(
        readers.exclude(chosen_since(edition))
        .exclude(elsewhere(edition))
        .filter(~Exists(row), ~stopped)
    )


def extra(edition: Edition) -> Found:
    """Rows of people who were no readers at the cutoff. Of those who have come back since, the time
    of their leaving tells that they were."""
    cutoff, frozen_at = moments(edition)
    stayed = Q(unsubscribed_at=None) | Q(unsubscribed_at__lt=F("confirmed_at"))
    was_reader = Q(unsubscribed_at__gt=cutoff - MOMENT) | (Q(confirmed_at__lte=cutoff) & stayed)
    reader = edition.subscriptions.filter(
        was_reader,
        pk__lte=edition.audience_max_id,
        subscriber=OuterRef("subscriber"),
    )
    wanted_it = Q(rhythm=edition.rhythm) & ~Q(elsewhere(edition))
    reader = reader.filter(chosen_since(edition) | wanted_it)
    stopped = suppressed("address_key", frozen_at + MOMENT).filter(created_at__lte=cutoff - MOMENT)
    return found(edition.deliveries.filter(~Exists(reader) | Exists(stopped)))


def chosen_since(edition: Edition) -> Q:
    """Readers whose choice may be newer than the audience."""
    cutoff, _ = moments(edition)
    return Q(chosen_at__isnull=False, chosen_at__gt=cutoff - MOMENT)


def elsewhere(edition: Edition) -> RawSQL:
    """Readers to whom that day is none of theirs, or who are on a pause."""
    told = dialect.telling_mornings(mornings(edition, edition.subscriptions))
    sql = f"""EXISTS (SELECT 1 FROM {dialect.mornings("%s")} WHERE {dialect.HAS_MORNING}
        AND (weekdays & weekday_bits = 0 OR paused_until > at))"""
    return RawSQL(sql, [told], output_field=BooleanField())


def imbalance(edition: Edition) -> Found:
    """By how much the rows, and what was kept of them at the end, differ from the audience."""
    differences = [edition.deliveries.count() - edition.audience_count]
    if kept := edition.final_counts:
        states = [count for name, count in kept.items() if name != "audience_count"]
        differences.append(sum(states) - edition.audience_count)
    return Found(max(abs(difference) for difference in differences))


def moments(edition: Edition) -> tuple[datetime, datetime]:
    """The audience's cutoff, and when its last row was written."""
    assert edition.audience_cutoff_at and edition.audience_frozen_at  # as verify_edition has asked
    return edition.audience_cutoff_at, edition.audience_frozen_at


def suppressed(key: str, until: datetime) -> QuerySet[Suppression]:
    """Of an address, if it is suppressed longer than until then."""
    holds = Q(ends_at=None) | Q(ends_at__gt=until)
    return Suppression.objects.filter(holds, address_key=OuterRef(key))
