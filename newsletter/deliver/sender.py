"""One sender: claims a slice of an edition's deliveries and sends them one by one."""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta
from uuid import uuid4

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from newsletter.message import edition_message
from newsletter.models import Delivery, DeliveryQuerySet, Edition, Subscription
from newsletter.outcome import Outcome, Result, send

logger = logging.getLogger(__name__)

State = Delivery.State
SLICE = 50  # deliveries claimed at once; a claimed row is safe, so more costs nothing
LEASE = timedelta(minutes=15)  # longer than a slice can take, else a live sender loses its rows
FIRST_WAIT = timedelta(minutes=1)  # before what surely did not leave is tried again, then doubled
LONGEST_WAIT = timedelta(hours=1)
FAULTS_TO_HOLD = 5  # refusals in a row for what we are: the edition waits for a person


class Sender:
    """Owns what it claimed until that is recorded, given back, or its lease ends."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.owner = f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid4().hex[:12]}"
        self.faults = 0

    def deliver_slice(self) -> bool:
        """Send the next few. False when none is due, or nothing can leave now."""
        claimed = self.claim()
        if not claimed:
            return False
        way_out = get_connection()
        try:
            way_out.open()
            return all(self.deliver(delivery, way_out) for delivery in claimed)
        except OSError as error:  # smtplib's errors too: it could not be opened, nothing has left
            logger.warning("deliver edition=%s: no way out: %r", self.edition.pk, error)
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
                attempts=F("attempts") + 1,
                lease_until=Now() + LEASE,
            )
        held = self.held(State.CLAIMED).select_related("subscriber", "rendition__edition")
        return list(held.order_by("not_before", "pk"))

    def held(self, state: Delivery.State) -> DeliveryQuerySet:
        return Delivery.objects.filter(owner=self.owner, state=state)

    def deliver(self, delivery: Delivery, way_out: BaseEmailBackend) -> bool:
        """Intent, message, record; no transaction is open while it leaves.

        False when the edition may not go on: held, cancelled, or refused for what we are.
        """
        if not self.may_leave():
            return False
        way_out.open()  # before the intent: a closed door is no doubt
        subscription = self.subscription(delivery)
        if not subscription or not self.intend(delivery):
            mine = self.held(State.CLAIMED).filter(pk=delivery.pk, fence=delivery.fence)
            mine.update(state=State.SUPPRESSED, owner="", lease_until=None)
            return True
        result = send(edition_message(delivery.rendition, subscription), way_out)
        self.record(delivery, result)
        if result.outcome is not Outcome.ACCEPTED:
            close(way_out)  # after an error nobody knows what the connection expects next
        return True

    def may_leave(self) -> bool:
        if self.faults >= FAULTS_TO_HOLD:
            self.edition.hold(f"{self.faults} refusals in a row are about us, not the readers")
        leaving = Edition.objects.filter(state=Edition.State.SENDING, hold_reason="")
        return leaving.filter(pk=self.edition.pk).exclude(expires_at__lt=Now()).exists()

    def subscription(self, delivery: Delivery) -> Subscription | None:
        """The reader, if they may still be mailed."""
        readers = Subscription.objects.mailable().select_related("subscriber", "newsletter")
        return readers.filter(
            subscriber=delivery.subscriber_id, newsletter=self.edition.newsletter_id
        ).first()

    def intend(self, delivery: Delivery) -> bool:
        """Commit that it may leave now; False if the reader left meanwhile or the claim is lost."""
        reader = Subscription.objects.mailable().filter(
            subscriber=OuterRef("subscriber"), newsletter=OuterRef("edition__newsletter")
        )
        mine = self.held(State.CLAIMED).filter(
            Exists(reader), pk=delivery.pk, fence=delivery.fence, edition__hold_reason=""
        )
        return mine.update(state=State.SENDING, lease_until=Now() + LEASE) == 1

    def record(self, delivery: Delivery, result: Result) -> None:
        """Write down what became of it, unless it is held under another fence by now."""
        self.faults = self.faults + 1 if result.our_fault else 0
        row = Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence)
        row.filter(state__in=[State.SENDING, State.IN_DOUBT]).update(
            owner="", lease_until=None, **after(delivery, result)
        )


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
        wait = min(FIRST_WAIT * 2 ** (delivery.attempts - 1), LONGEST_WAIT)
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
