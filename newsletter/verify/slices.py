"""I8 to I11: what the slices tell of the rows, the time, the pace, the bytes and the senders."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import F, FloatField, Max, Min, Q, Sum
from django.db.models.functions import Cast

from newsletter import clock
from newsletter.deliver.liveness import is_alive
from newsletter.models import Delivery, Edition
from newsletter.rendered import content_hash, frozen
from newsletter.verify.found import MOST_EXAMPLES, Found, found

State = Delivery.State
TWO_TICKS = timedelta(minutes=2)
EXCESS = 1.1  # of a rate, and a second more: what was left over may leave at once

# Whoever was suppressed was never the slice's to send; of what evidence has settled, the slice may
# be a later one.
MISCOUNTED = """
SELECT newsletter_slice.id FROM newsletter_slice LEFT JOIN (
    SELECT fence,
        SUM(CASE WHEN state <> 'suppressed' AND resolved_by = '' THEN 1 ELSE 0 END) AS row_count,
        SUM(CASE WHEN state = 'accepted' THEN 1 ELSE 0 END) AS accepted_count
    FROM newsletter_delivery WHERE edition_id = %(edition)s AND fence > 0 GROUP BY fence
) AS told ON told.fence = newsletter_slice.id
WHERE edition_id = %(edition)s AND settled_at IS NOT NULL
  AND (COALESCE(told.row_count, 0) > size
    OR COALESCE(told.accepted_count, 0) < newsletter_slice.accepted_count)
ORDER BY newsletter_slice.id
"""


def unnamed(edition: Edition) -> Found:
    """Rows whose fence is no slice of the edition; accepted ones need one that was settled."""
    known, settled = edition.slices.all(), edition.slices.filter(settled_at__isnull=False)
    claimed = edition.deliveries.filter(fence__gt=0)
    nameless = ~Q(fence__in=known.values("pk"))
    unsettled = Q(state=State.ACCEPTED) & ~Q(fence__in=settled.values("pk"))
    return found(claimed.filter(nameless | unsettled))


def miscounted(edition: Edition) -> Found:
    """Slices with more rows than they were claimed with, or fewer accepted ones than settled."""
    with connection.cursor() as cursor:
        cursor.execute(MISCOUNTED, {"edition": edition.pk})
        ids = [row[0] for row in cursor.fetchall()]
    return Found(len(ids), ids[:MOST_EXAMPLES])


def untimely(edition: Edition) -> Found:
    early = Q(claimed_at__lt=edition.not_before) if edition.not_before else Q()
    late = Q(claimed_at__gt=edition.expires_at) if edition.expires_at else Q()
    if not early | late:
        return Found()
    return found(edition.slices.filter(early | late, accepted_count__gt=0))


def too_fast(edition: Edition) -> Found:
    """Channels that sent more than their rate allows for the time they took.

    By the rate that each slice was claimed under. What left in one second, only a sink can tell.
    """
    paced = edition.slices.filter(rate__isnull=False, settled_at__isnull=False)
    channels = (
        paced.order_by()
        .values("channel")
        .annotate(
            needed=Sum(Cast("accepted_count", FloatField()) / F("rate")),
            began_at=Min("claimed_at"),
            ended_at=Max("settled_at"),
        )
    )
    fast = [
        row["channel"]
        for row in channels
        if row["needed"] > EXCESS * (row["ended_at"] - row["began_at"]).total_seconds() + 1
    ]
    return Found(len(fast), fast[:MOST_EXAMPLES])


def other_bytes(edition: Edition) -> Found:
    """Renditions whose bytes have another hash than they were approved with; all of them, if only
    the edition's own hash disagrees."""
    kept = list(edition.renditions.filter(frozen_at__isnull=False))
    wrong = [each.pk for each in kept if frozen(each).sha256 != each.sha256]
    approved = {each.language: frozen(each) for each in kept if not each.variant}
    if not wrong and content_hash(approved) != edition.content_sha256:
        wrong = [rendition.pk for rendition in kept]
    return Found(len(wrong), wrong[:MOST_EXAMPLES])


def ownerless(edition: Edition) -> Found:
    """Rows that are being sent, and whose slice is settled, or whose sender has been dead for two
    ticks after its lease."""
    long_ago = clock.now() - TWO_TICKS
    held = edition.slices.filter(settled_at=None)
    alive = [
        fence
        for fence, owner, lease_until in held.values_list("pk", "owner", "lease_until")
        if lease_until > long_ago or is_alive(owner)
    ]
    return found(edition.deliveries.filter(state=State.SENDING).exclude(fence__in=alive))
