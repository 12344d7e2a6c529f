"""Repeat: what is in doubt is asked again under the provider's idempotency key.

The identical request under the same key makes no second mail: the provider answers as it did the
first time, or takes it now. A refusal of the repetition says nothing of the first attempt, so only
a yes, or a bad address, settles a delivery.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now

from newsletter import clock
from newsletter.addressee import Addressee
from newsletter.carry import Carrier, carrier_for
from newsletter.deliver import evidence
from newsletter.deliver.ledger import addressees, fingerprint, mailable
from newsletter.models import Delivery, DeliveryQuerySet, Edition, Slice
from newsletter.outcome import Outcome, Result

logger = logging.getLogger(__name__)

State = Delivery.State
TURN = timedelta(
    minutes=2
)  # longer than a request may take: two at once would get in each other's way


def repeat_under_key(taken: Slice) -> bool:
    """Ask again for a slice's deliveries in doubt; whether its key may still settle some, later.

    May be repeated, and by several at once: one of them asks.
    """
    carrier = carrier_of(taken)
    if carrier is None or not is_valid(carrier, taken) or not may_go(taken.edition):
        return False
    asked = those_to_ask(taken, is_batch=carrier.most_at_once is not None)
    if asked and take_turn(taken):
        ask(carrier, taken, asked)
        asked = those_to_ask(taken, is_batch=carrier.most_at_once is not None)
    return bool(asked)


def carrier_of(taken: Slice) -> Carrier | None:
    """The way out that the slice left by; None where its channel leads elsewhere by now, since no
    other provider knows the key."""
    if taken.way_out != fingerprint(taken.channel):
        return None
    renditions = taken.edition.renditions.select_related("edition__newsletter")
    return carrier_for(taken.channel, {rendition.pk: rendition for rendition in renditions})


def is_valid(carrier: Carrier, taken: Slice) -> bool:
    lasts = carrier.key_valid_for
    return lasts is not None and taken.claimed_at + lasts > clock.now()


def may_go(edition: Edition) -> bool:
    """Whether anything of it may still leave: it has begun to, and is neither stopped nor old."""
    states = (Edition.State.SENDING, Edition.State.SETTLING, Edition.State.DONE)
    over = edition.expires_at is None or edition.expires_at <= clock.now()
    return edition.state in states and not over


def those_to_ask(taken: Slice, *, is_batch: bool) -> list[Addressee]:
    """Those in doubt who may still be mailed, in the order of the first request.

    A batch has one request a rendition: all of it is asked again, or nobody. Where domains have a
    pace of their own, it may have left without some, and if the journal is lost nobody knows whom.
    """
    rows = doubts_of(taken).order_by("not_before", "pk")
    readers = addressees(rows.filter(mailable(taken.edition)), taken.edition)
    if not is_batch:
        return readers
    if taken.channel.domain_rates:
        return []
    at_first, now = asked_at_first(taken), Counter(each.rendition_id for each in readers)
    return [each for each in readers if now[each.rendition_id] == at_first[each.rendition_id]]


def doubts_of(taken: Slice) -> DeliveryQuerySet:
    return rows_of(taken).filter(state=State.IN_DOUBT)


def asked_at_first(taken: Slice) -> dict[int, int]:
    """By rendition, how many of the slice are not known to have been left out of its request."""
    left_out = [State.PENDING, State.SUPPRESSED, State.EXPIRED, State.REJECTED]
    asked = rows_of(taken).exclude(state__in=left_out, resent_at=None)
    return dict(asked.order_by().values_list("rendition").annotate(Count("pk")))


def rows_of(taken: Slice) -> DeliveryQuerySet:
    """The edition is named for its index: that of the fence holds what is being sent alone."""
    return Delivery.objects.filter(edition=taken.edition_id, fence=taken.pk)


def take_turn(taken: Slice) -> bool:
    rested = Q(repeated_at=None) | Q(repeated_at__lt=Now() - TURN)
    return Slice.objects.filter(rested, pk=taken.pk).update(repeated_at=Now()) == 1


def ask(carrier: Carrier, taken: Slice, asked: Sequence[Addressee]) -> None:
    try:
        carrier.open()
        for addressee, result in carrier.carry(asked, taken.pk, lambda starting: None):
            write(taken, addressee, result)
    except OSError as error:  # the door is closed: later
        logger.warning("doubt slice=%s: not repeated: %r", taken.pk, error)
    finally:
        carrier.close()
    logger.info("doubt slice=%s: %s repeated under its key", taken.pk, len(asked))


def write(taken: Slice, addressee: Addressee, result: Result) -> None:
    row = Delivery.objects.filter(pk=addressee.delivery_id, fence=taken.pk)
    if result.outcome is Outcome.ACCEPTED:
        evidence.accept(row, "key", result.message_id)
    elif result.outcome is Outcome.REJECTED:
        row.filter(state=State.IN_DOUBT).update(
            state=State.REJECTED,
            error_class=result.outcome.value,
            error_code=result.code[:200],
            resolved_by="key",
        )
