"""Report: an edition's numbers by language and channel, counted by the clock, never by a page.

How its deliveries stand is counted when it is verified, and so whenever evidence has changed them.
What was told of its mails is counted from the first one on, and anew as it ages: when the last
count is a tenth as old as the edition's end, and each minute at most. Before the ledger is pruned
all of it is counted once more, and then stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min, QuerySet

from newsletter import clock
from newsletter.deliver import dialect
from newsletter.deliver.audience import HAS_IT
from newsletter.deliver.balance import Balance
from newsletter.models import DeliveryEvent, Edition, Report

Row = dict[str, Any]

OFTENEST = timedelta(minutes=1)
STATES = [field.name for field in fields(Balance) if field.name != "audience_count"]
TELLING = ", ".join(f"'{kind.value}'" for kind in DeliveryEvent.TELLING)

BY = """
FROM newsletter_delivery
JOIN newsletter_rendition ON newsletter_rendition.id = newsletter_delivery.rendition_id
LEFT JOIN newsletter_slice ON newsletter_slice.id = newsletter_delivery.fence
LEFT JOIN newsletter_channel ON newsletter_channel.id = newsletter_slice.channel_id
"""
SENT = f"""
SELECT language, COALESCE(name, ''), newsletter_delivery.state, COUNT(*) {BY}
WHERE newsletter_delivery.edition_id = %(edition)s GROUP BY 1, 2, 3
"""
EVENTS = f"""
SELECT language, COALESCE(name, ''), kind, COUNT(DISTINCT newsletter_delivery.id) {BY}
JOIN newsletter_deliveryevent ON newsletter_deliveryevent.delivery_id = newsletter_delivery.id
WHERE newsletter_deliveryevent.edition_id = %(edition)s AND kind IN ({TELLING})
GROUP BY 1, 2, 3
"""
# By whichever link; the next edition's readers count as having left after that one. That they left
# behind the cutoff is said twice: a plain comparison tells PostgreSQL to begin with those few.
LEFT = f"""
SELECT newsletter_rendition.language, COALESCE(name, ''), 'left', COUNT(*) {BY}
JOIN newsletter_subscription
  ON newsletter_subscription.subscriber_id = newsletter_delivery.subscriber_id
WHERE newsletter_delivery.edition_id = %(edition)s
  AND newsletter_delivery.state IN {HAS_IT}
  AND newsletter_subscription.newsletter_id = %(newsletter)s
  AND newsletter_subscription.state = 'unsubscribed' AND merged_into_id IS NULL
  AND unsubscribed_at > %(cutoff)s AND unsubscribed_at > COALESCE(accepted_at, %(cutoff)s)
  AND (%(until)s IS NULL OR unsubscribed_at <= %(until)s)
GROUP BY 1, 2, 3
"""


def open_report(edition: Edition) -> None:
    """Before its first mail leaves: from then on is counted what is told of it. May be repeated."""
    now = clock.now()
    Report.objects.get_or_create(edition=edition, defaults={"counted_at": now, "due_at": now})


def count_report(edition: Edition, *, is_last: bool = False) -> Report:
    """Count all of it, and keep it. May be repeated, while the ledger has its rows."""
    report, _ = Report.objects.update_or_create(
        edition=edition,
        defaults={"sent": rows_of(SENT, edition), **told_now(edition), **span_of(edition)},
    )
    if is_last:
        report.due_at = None
        report.save(update_fields=["due_at"])
    return report


def count_told(report: Report) -> None:
    """Count anew what was told of its mails, and who has left. May be repeated."""
    rows = Report.objects.filter(pk=report.pk, due_at__isnull=False)
    rows.update(**told_now(report.edition))


def reports_due(now: datetime) -> QuerySet[Report]:
    due = Report.objects.filter(due_at__lte=now, edition__pruned_at=None)
    return due.select_related("edition__newsletter").order_by("due_at")


def balance_in(report: Report) -> Balance:
    """How the deliveries stood when they were counted."""
    totals = {state: sum(row.get(state, 0) for row in report.sent) for state in STATES}
    return Balance(audience_count=report.edition.audience_count, **totals)


def told_now(edition: Edition) -> Row:
    now = clock.now()
    age = now - (edition.done_at or edition.audience_cutoff_at or now)
    told = rows_of(EVENTS, edition) + rows_of(LEFT, edition)
    return {
        "told": added_up(told),
        "counted_at": now,
        "due_at": now + max(OFTENEST, age / 10),
    }


def span_of(edition: Edition) -> Mapping[str, datetime | None]:
    """While its slices are there; afterwards it stays as it is."""
    sent = edition.slices.filter(accepted_count__gt=0)
    span = sent.aggregate(began_at=Min("claimed_at"), ended_at=Max("settled_at"))
    return span if span["began_at"] else {}


def rows_of(sql: str, edition: Edition) -> list[Row]:
    """One row for each language and channel, what was counted under its name."""
    names = {
        "edition": edition.pk,
        "newsletter": edition.newsletter.subscribed_id,
        "cutoff": dialect.adapted(edition.audience_cutoff_at),
        "until": dialect.adapted(next_cutoff(edition)),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        found = cursor.fetchall()
    return added_up(
        [{"language": where, "channel": way, what: count} for where, way, what, count in found]
    )


def added_up(parts: list[Row]) -> list[Row]:
    """Those of one language and channel as one row."""
    rows: dict[tuple[str, str], Row] = defaultdict(dict)
    for part in parts:
        rows[part["language"], part["channel"]] |= part
    return [rows[key] for key in sorted(rows)]


def next_cutoff(edition: Edition) -> datetime | None:
    """When its readers were asked for the next time."""
    later = Edition.objects.filter(
        newsletter=edition.newsletter_id,
        corrects=None,
        audience_cutoff_at__gt=edition.audience_cutoff_at,
    )
    moment: datetime | None = later.aggregate(at=Min("audience_cutoff_at"))["at"]
    return moment
