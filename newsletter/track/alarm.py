"""When what is told of an edition says more of us than of its readers, it leaves no further.

The sender's own breaker sees what a relay answers at once. This one sees what comes back later,
while the rest still waits: behind the canaries, or for its readers' mornings.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection

from django.db.models import Count, QuerySet, Sum

from newsletter.models import DeliveryEvent, Edition

logger = logging.getLogger(__name__)

Kind = DeliveryEvent.Kind

ENOUGH = 200  # answers to take a share of
ANSWERS = (Kind.DELIVERED, Kind.HARD, Kind.SOFT, Kind.POLICY)
# How many at least, of all that answers were heard of how large a share, and what it means.
BOUNDS = {
    Kind.POLICY: (5, 0.2, "were refused for what we are, and not for whom they were to"),
    Kind.HARD: (25, 0.05, "went to addresses that do not exist. Look at where they come from"),
    Kind.COMPLAINED: (5, 0.005, "were called spam by their readers"),
}
RAISED_BY = tuple(BOUNDS)


def look() -> None:
    """Put on hold which of the editions on their way has too many of a kind. May be repeated: for
    when a turn of reading is over, since it counts all that was told of each."""
    for edition in Edition.objects.unfinished().filter(hold_reason=""):
        if reason := what_is_wrong(edition):
            edition.hold(reason)
            logger.error("edition=%s is on hold: %s", edition.pk, reason)


def what_is_wrong(edition: Edition) -> str:
    """In a sentence; blank where nothing is. What came before somebody let it go on is over."""
    told = DeliveryEvent.objects.filter(edition=edition)
    if edition.resumed_at:
        told = told.filter(received_at__gt=edition.resumed_at)
    counts = counted(told, RAISED_BY)
    if all(counts[kind] < least for kind, (least, _, _) in BOUNDS.items()):
        return ""
    base = heard_of(edition, counts + counted(told, (Kind.DELIVERED, Kind.SOFT)))
    for kind, (least, share, meaning) in BOUNDS.items():
        if base and counts[kind] >= least and counts[kind] > share * base:
            return f"{counts[kind]} of {base} mails {meaning}, as their receivers told us later."
    return ""


def counted(told: QuerySet[DeliveryEvent], kinds: Collection[Kind]) -> Counter[str]:
    """Mails, by what became of them."""
    rows = told.filter(kind__in=kinds).order_by().values_list("kind")
    return Counter(dict(rows.annotate(count=Count("delivery", distinct=True))))


def heard_of(edition: Edition, told: Counter[str]) -> int:
    """How many mails there was an answer to; all that left, where nobody tells what arrived; 0
    while too little was heard: providers tell first whom they know to bounce."""
    left: int = edition.slices.aggregate(count=Sum("accepted_count", default=0))["count"]
    answers = sum(told[kind] for kind in ANSWERS)
    if not told[Kind.DELIVERED]:
        return max(left, answers)
    return answers if answers >= min(left, ENOUGH) else 0
