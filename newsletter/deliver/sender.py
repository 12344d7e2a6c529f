"""One sender: claims a slice of an edition's deliveries and sends them one by one."""

from __future__ import annotations

import logging
import os
import socket
import time
from datetime import timedelta
from uuid import uuid4

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from newsletter.addressee import Addressee
from newsletter.message import edition_message
from newsletter.models import Delivery, DeliveryQuerySet, Edition, Subscription
from newsletter.models.subscribers import SubscriptionQuerySet
from newsletter.outcome import Outcome, Result, send, unwritable

logger = logging.getLogger(__name__)

State = Delivery.State
SLICE = 50  # deliveries claimed at once; a claimed row is safe, so more costs nothing
LEASE = timedelta(minutes=15)  # of a claim; whoever outlives it loses its rows to the fence
SECONDS = 240  # a sender's turn; the next tick starts another, long before a worker is interrupted
FIRST_WAIT = timedelta(minutes=1)  # before what surely did not leave is tried again, then doubled
MOST_DOUBLINGS = 6  # about an hour
FAULTS_TO_HOLD = 5  # failures in a row that are not about the readers: a person has to look


class Sender:
    """Owns what it claimed until that is recorded, given back, or its lease ends."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.owner = f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid4().hex[:12]}"
        self.ends_at = time.monotonic() + SECONDS
        self.faults, self.last_code = 0, ""
        renditions = edition.renditions.select_related("edition__newsletter")
        self.renditions = {rendition.pk: rendition for rendition in renditions}

    def deliver_slice(self) -> bool:
        """Send the next few. False when none is due, or nothing more can leave now."""
        way_out = get_connection()
        claimed = self.claim()
        try:
            return bool(claimed) and all(self.deliver(each, way_out) for each in claimed)
        except OSError as error:  # smtplib's too: it could not be opened, nothing has left
            self.say_why_not(error)
            return False
        finally:
            self.held(State.CLAIMED).update(state=State.PENDING, owner="", lease_until=None)
            close(way_out)

    def claim(self) -> list[Delivery]:
        """Take pending rows that are due, in order; nobody else gets them."""
        with transaction.atomic():
            due = self.edition.deliveries.due().order_by("not_before", "pk")
            if database.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True)
            keys = list(due.values_list("pk", flat=True)[:SLICE])
            Delivery.objects.filter(pk__in=keys, state=State.PENDING).update(
                state=State.CLAIMED,
                owner=self.owner,
                fence=F("fence") + 1,
                lease_until=Now() + LEASE,
            )
        return list(self.held(State.CLAIMED).order_by("not_before", "pk"))

    def held(self, state: Delivery.State) -> DeliveryQuerySet:
        return Delivery.objects.filter(owner=self.owner, state=state)

    def deliver(self, delivery: Delivery, way_out: BaseEmailBackend) -> bool:
        """Message, intent, sending, record; no transaction is open while it leaves.

        False when this sender is to stop: its turn is over, the edition may not go on, or the
        claim is lost.
        """
        if self.faults >= FAULTS_TO_HOLD:
            self.hold()
            return False
        if time.monotonic() > self.ends_at:
            return False
        way_out.open()  # before the intent: a closed door is no doubt
        subscription = self.subscription(delivery)
        try:
            message = subscription and edition_message(
                self.renditions[delivery.rendition_id], addressee(delivery, subscription)
            )
        except ValueError as error:
            self.record(delivery, unwritable(error))
            return True
        if not message or not self.intend(delivery):
            return self.suppress(delivery)
        result = send(message, way_out)
        self.record(delivery, result)
        if result.outcome is not Outcome.ACCEPTED:
            close(way_out)  # after an error nobody knows what the connection expects next
        return True

    def hold(self) -> None:
        """Have a person look, before more readers pay for it."""
        self.edition.hold(
            f"{self.faults} mails in a row failed for what we are, or what carries them, and "
            f"not for whom they were to. The last answer was: {self.last_code}"
        )

    def subscription(self, delivery: Delivery) -> Subscription | None:
        """The reader, if they may still be mailed."""
        reader = self.readers().filter(subscriber=delivery.subscriber_id)
        return reader.select_related("subscriber").first()

    def readers(self) -> SubscriptionQuerySet:
        return Subscription.objects.mailable().filter(newsletter=self.edition.newsletter_id)

    def intend(self, delivery: Delivery) -> bool:
        """Commit that it may leave now: to a reader who has not left, of an edition that may go."""
        reader = self.readers().filter(subscriber=OuterRef("subscriber"))
        may_go = Edition.objects.filter(
            pk=self.edition.pk, state=Edition.State.SENDING, hold_reason="", expires_at__gt=Now()
        )
        mine = self.mine(delivery).filter(Exists(reader), Exists(may_go))
        sending = {"attempts": F("attempts") + 1, "lease_until": Now() + LEASE}
        return mine.update(state=State.SENDING, **sending) == 1

    def suppress(self, delivery: Delivery) -> bool:
        """Settle it for a reader who left; False if it is another reason that keeps it back."""
        reader = self.readers().filter(subscriber=OuterRef("subscriber"))
        left = self.mine(delivery).filter(~Exists(reader))
        return left.update(state=State.SUPPRESSED, owner="", lease_until=None) == 1

    def mine(self, delivery: Delivery) -> DeliveryQuerySet:
        return self.held(State.CLAIMED).filter(pk=delivery.pk, fence=delivery.fence)

    def record(self, delivery: Delivery, result: Result) -> None:
        """Write down what became of it, unless it is held under another fence by now."""
        self.faults = self.faults + 1 if result.is_suspect else 0
        self.last_code = result.code
        row = Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence)
        row.filter(state__in=[State.CLAIMED, State.SENDING, State.IN_DOUBT]).update(
            owner="", lease_until=None, **after(delivery, result)
        )

    def say_why_not(self, error: OSError) -> None:
        """On the edition, for its editors; the next turn tries again."""
        logger.warning("deliver edition=%s: no way out: %r", self.edition.pk, error)
        reason = f"Mail cannot leave now ({type(error).__name__}); it is tried again each minute."
        Edition.objects.filter(pk=self.edition.pk).update(reason=reason)


def addressee(delivery: Delivery, subscription: Subscription) -> Addressee:
    email = subscription.subscriber.email
    return Addressee(delivery.pk, subscription.pk, delivery.rendition_id, email)


def after(delivery: Delivery, result: Result) -> dict[str, object]:
    """The columns of a delivery after a result."""
    if result.outcome is Outcome.ACCEPTED:
        return {
            "state": State.ACCEPTED,
            "accepted_at": Now(),
            "provider_message_id": result.message_id[:255],
        }
    error = {"error_class": result.outcome.value, "error_code": result.code[:200]}
    if result.outcome is Outcome.NOT_SENT:
        wait = FIRST_WAIT * 2 ** min(delivery.attempts, MOST_DOUBLINGS)
        return {"state": State.PENDING, "not_before": Now() + wait, **error}
    if result.outcome is Outcome.REJECTED:
        return {"state": State.REJECTED, **error}
    return {
        "state": State.IN_DOUBT,
        "in_doubt_at": Now(),
        "doubt_reason": result.code[:200],
        **error,
    }


def close(way_out: BaseEmailBackend) -> None:
    """Hang up, whatever state the other side is in."""
    try:
        way_out.close()
    except OSError as error:
        logger.info("hanging up: %r", error)
