"""I1 and I2: the audience, as the readers' own rows tell it today.

Whoever chose other days or another hour since is in neither: nobody knows what they wanted then.
Nor is anybody missing who is suppressed since: what began anew tells its last begin alone.
A reader's times are read from a clock a moment before they are committed, and by other machines
than the audience's cutoff. So whoever came or went within `MOMENT` of it may have a row or not.

A supplement has added the readers of a later moment, who are asked for in the same way. Those of a
correction follow from the ledger of what it corrects (`newsletter.verify.corrections`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from newsletter.deliver import dialect
from newsletter.models import Delivery, DeliveryQuerySet, Edition, Supplement, Suppression
from newsletter.morning import mornings
from newsletter.verify import corrections
from newsletter.verify.found import Found, added, found

MOMENT = timedelta(seconds=10)


@dataclass(frozen=True)
class Audience:
    """The readers of one moment, and the rows that were written for them."""

    edition: Edition
    since: datetime | None  # they confirmed after it
    cutoff: datetime
    frozen_at: datetime  # when its last row was written
    max_id: int | None
    rows: DeliveryQuerySet
    is_whole: bool = True  # not where the edition ended while they were written


def missing(edition: Edition) -> Found:
    """Readers who were confirmed at the cutoff, stayed until the audience was frozen, and have no
    row. Whoever left later still has one."""
    if edition.corrects:
        return corrections.missing(edition)
    return added(missing_of(each) for each in audiences(edition) if each.is_whole)


def extra(edition: Edition) -> Found:
    """Rows of people who were no readers at the cutoff. Of those who have come back since, the time
    of their leaving tells that they were."""
    if edition.corrects:
        return corrections.extra(edition)
    return added(extra_of(each) for each in audiences(edition))


def audiences(edition: Edition) -> Iterator[Audience]:
    """The edition's own, and those that supplements have added. Rows are told apart by their ids:
    a supplement's come after all that there were."""
    assert edition.audience_cutoff_at and edition.audience_frozen_at  # as verify_edition has asked
    supplements = edition.supplements.all()
    later = [each for each in supplements if Supplement.Whom.NEWCOMERS in each.whom]
    ends = [each.after_delivery_id for each in later]
    rows = edition.deliveries.all()
    yield Audience(
        edition,
        None,
        edition.audience_cutoff_at,
        edition.audience_frozen_at,
        edition.audience_max_id,
        rows.filter(pk__lte=ends[0]) if ends else rows,
    )
    for each, end in zip(later, [*ends, None][1:], strict=True):
        own = rows.filter(pk__gt=each.after_delivery_id)
        own = own.filter(pk__lte=end) if end else own
        yield Audience(
            edition,
            each.since,
            each.cutoff_at,
            each.filled_at or each.cutoff_at,
            each.max_id,
            own,
            is_whole=each.filled_at is not None,
        )


def missing_of(audience: Audience) -> Found:
    edition, cutoff = audience.edition, audience.cutoff
    until = audience.frozen_at + MOMENT
    gone = Q(unsubscribed_at__gt=F("confirmed_at"), unsubscribed_at__lte=until)
    readers = edition.subscriptions.filter(
        rhythm=edition.rhythm,
        pk__lte=audience.max_id,
        confirmed_at__lte=cutoff - MOMENT,
    ).exclude(gone)
    if audience.since:
        readers = readers.filter(confirmed_at__gt=audience.since + MOMENT)
    row = Delivery.objects.filter(edition=edition, subscriber=OuterRef("subscriber"))
    stopped = Exists(suppressed("subscriber__address_key", cutoff - MOMENT))
    return found(
        readers.exclude(chosen_since(audience))
        .exclude(elsewhere(edition))
        .filter(~Exists(row), ~stopped)
    )


def extra_of(audience: Audience) -> Found:
    edition, cutoff = audience.edition, audience.cutoff
    stayed = Q(unsubscribed_at=None) | Q(unsubscribed_at__lt=F("confirmed_at"))
    was_reader = Q(unsubscribed_at__gt=cutoff - MOMENT) | (Q(confirmed_at__lte=cutoff) & stayed)
    reader = edition.subscriptions.filter(
        was_reader,
        pk__lte=audience.max_id,
        subscriber=OuterRef("subscriber"),
    )
    wanted_it = Q(rhythm=edition.rhythm) & ~Q(elsewhere(edition))
    reader = reader.filter(chosen_since(audience) | wanted_it)
    until = audience.frozen_at + MOMENT
    stopped = suppressed("address_key", until).filter(created_at__lte=cutoff - MOMENT)
    return found(audience.rows.filter(~Exists(reader) | Exists(stopped)))


def chosen_since(audience: Audience) -> Q:
    """Readers whose choice may be newer than the audience."""
    return Q(chosen_at__isnull=False, chosen_at__gt=audience.cutoff - MOMENT)


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


def suppressed(key: str, until: datetime) -> QuerySet[Suppression]:
    """Of an address, if it is suppressed longer than until then."""
    holds = Q(ends_at=None) | Q(ends_at__gt=until)
    return Suppression.objects.filter(holds, address_key=OuterRef(key))
