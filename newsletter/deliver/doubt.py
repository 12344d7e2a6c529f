"""In doubt: what may have been taken and may not, settled by evidence, a policy or an editor.

The ladder, a slice at a time, first hit wins: the identical request under the provider's key, an
event that names the delivery (`newsletter.track`), the provider's own search, the channel's
policy. Whoever settles a delivery stands in its `resolved_by`. No delivery is ever ordered again
twice: every way back from doubt to pending goes through `make_pending`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from newsletter import clock
from newsletter.carry.search import Search, search_for
from newsletter.deliver import evidence
from newsletter.deliver.ledger import addressees, mailable
from newsletter.deliver.repeat import doubts_of, may_go, repeat_under_key
from newsletter.models import Channel, Delivery, DeliveryQuerySet, Edition, Slice

logger = logging.getLogger(__name__)

State = Delivery.State
SEARCH_FROM, SEARCH_UNTIL = timedelta(minutes=2), timedelta(minutes=10)  # what it knows lags so far
RESEND_AFTER = timedelta(minutes=15)  # longer than any timeout: what was on its way has arrived


def settle_doubts(edition: Edition) -> int:
    """Climb the ladder for an edition's deliveries in doubt; how many still wait for evidence.

    To be called when nobody sends any more, and again each minute until it returns 0. May be
    repeated, and by several at once. While the edition is on hold nothing is decided. Where the
    policy is to send once more, the edition goes back to sending.
    """
    doubts = edition.deliveries.filter(state=State.IN_DOUBT)
    if not edition.hold_reason:
        fences = doubts.order_by().values("fence")
        for taken in Slice.objects.filter(pk__in=fences).select_related("channel"):
            taken.edition = edition
            climb(taken)
    return doubts.count()


def climb(taken: Slice) -> None:
    """One slice, as far up as the time allows; where a rung says to wait, no further."""
    if repeat_under_key(taken):
        return
    newest = doubts_of(taken).aggregate(newest=Max("in_doubt_at"))["newest"]
    if newest is None:
        return
    search = search_for(taken.channel, taken.edition.newsletter)
    age = clock.now() - newest
    if search is None or age >= SEARCH_UNTIL:
        apply_policy(taken, is_rested=age >= RESEND_AFTER)
    elif age >= SEARCH_FROM:
        ask(search, taken)


def ask(search: Search, taken: Slice) -> None:
    """Absence proves little, so only what is found counts."""
    rows = doubts_of(taken).order_by(
        "?"
    )  # whom the time does not reach is asked for sooner or later
    found = search.found(addressees(rows, taken.edition), since=taken.claimed_at)
    count = evidence.accept(doubts_of(taken).filter(pk__in=found), f"search {search.provider}")
    logger.info("doubt slice=%s: %s found by their provider", taken.pk, count)


def apply_policy(taken: Slice, *, is_rested: bool) -> None:
    """Sent once more, if the channel says so and it may be; else assumed sent."""
    policy = taken.channel.doubt_policy
    again = doubts_of(taken).filter(resent_at=None).filter(mailable(taken.edition))
    if policy == Channel.Policy.RESEND and may_go(taken.edition):
        if not is_rested:
            assume_sent(doubts_of(taken).exclude(pk__in=again.values("pk")), f"policy {policy}")
            return
        order_again(taken.edition, again, f"policy {policy}")
    assume_sent(doubts_of(taken), f"policy {policy}")


def send_again(deliveries: DeliveryQuerySet, by: str) -> int:
    """An editor's order to mail those in doubt once more; for how many it counts.

    It does not for those who were mailed again before, for readers who have left, and where the
    edition is over: a second click counts for none. An edition that is done sends again.
    """
    count = sum(order_again(*each, f"order {by}") for each in by_edition(deliveries))
    logger.info("doubt: %s deliveries are ordered again", count)
    return count


def can_be_sent_again(deliveries: DeliveryQuerySet) -> int:
    """For how many of them such an order would count."""
    going = [rows for edition, rows in by_edition(deliveries) if may_go(edition)]
    return sum(never_ordered_again(rows).count() for rows in going)


def by_edition(deliveries: DeliveryQuerySet) -> Iterator[tuple[Edition, DeliveryQuerySet]]:
    """Those among them who may still be mailed."""
    chosen = deliveries.order_by()
    for edition in Edition.objects.filter(pk__in=chosen.values("edition")):
        theirs = Delivery.objects.filter(edition=edition, pk__in=chosen.values("pk"))
        yield edition, theirs.filter(mailable(edition))


def leave(deliveries: DeliveryQuerySet, by: str) -> int:
    """An editor's word that those in doubt stay as they are; for how many it counts."""
    return assume_sent(deliveries, f"leave {by}")


@transaction.atomic
def order_again(edition: Edition, deliveries: DeliveryQuerySet, by: str) -> int:
    """Make pending what was never ordered again before, and have the edition send it.

    The edition's row is locked first, and moves even if it is sending: whoever was about to settle
    it finds it changed.
    """
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    again = never_ordered_again(deliveries)
    if not may_go(row) or not again.exists():
        return 0
    row.move(
        Edition.State.SENDING,
        come_from=[Edition.State(row.state)],
        done_at=None,
        final_counts={},
        verified_at=None,
    )
    edition.refresh_from_db()
    return make_pending(again, by)


def make_pending(deliveries: DeliveryQuerySet, by: str) -> int:
    """To be sent once more, those in doubt that never were; the edition has to be on its way."""
    now = {"resent_at": Now(), "expires_at": None, "resolved_by": by}
    return never_ordered_again(deliveries).update(state=State.PENDING, **now)


def never_ordered_again(deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
    return deliveries.filter(state__in=[State.IN_DOUBT, State.ASSUMED_SENT], resent_at=None)


def assume_sent(deliveries: DeliveryQuerySet, by: str) -> int:
    """Not sent again, and listed; for how many that was news."""
    doubts = deliveries.filter(state=State.IN_DOUBT)
    return doubts.update(state=State.ASSUMED_SENT, resolved_by=by)
