"""Track: what a provider says of a mail later on.

So far one thing is made of it: an event that names a delivery in doubt proves that it was taken.
Anyone may post an event, so it counts only with a name that we made, and with the address that the
delivery went to.
"""

from __future__ import annotations

import logging

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.dispatch import receiver

from newsletter.deliver import evidence
from newsletter.message import delivery_of_message_id
from newsletter.models import Delivery
from newsletter.models.channels import a_labels
from newsletter.models.subscribers import address_key

logger = logging.getLogger(__name__)

# What can only happen to a message that its provider has taken; a bounce had left, too.
PROOFS = {
    EventType.QUEUED,
    EventType.SENT,
    EventType.DEFERRED,
    EventType.DELIVERED,
    EventType.BOUNCED,
    EventType.OPENED,
    EventType.CLICKED,
    EventType.AUTORESPONDED,
    EventType.COMPLAINED,
    EventType.UNSUBSCRIBED,
}


@receiver(tracking, dispatch_uid="track")
def take_as_evidence(
    sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: object
) -> None:
    """Receive Anymail's `tracking`: the delivery that an event names is in doubt no longer.

    Events may come twice, late and in any order.
    """
    delivery_id = delivery_of(event)
    if event.event_type not in PROOFS or delivery_id is None:
        return
    rows = Delivery.objects.filter(pk=delivery_id).select_related("subscriber")
    if [row for row in rows if is_to(row, event.recipient or "")]:
        count = evidence.accept(rows, f"event {esp_name} {event.event_type}")
        logger.info("track delivery=%s %s: %s settled", delivery_id, event.event_type, count)


def delivery_of(event: AnymailTrackingEvent) -> int | None:
    """The one an event names, by the metadata or by the Message-ID that we gave its message."""
    names = [(event.metadata or {}).get("delivery"), event.message_id]
    known = (delivery_of_message_id(str(name)) for name in names if name)
    return next((delivery_id for delivery_id in known if delivery_id is not None), None)


def is_to(delivery: Delivery, address: str) -> bool:
    """Providers write an address as it was on the wire: its domain may be in A-labels."""
    local_part, _, domain = delivery.subscriber.email.rpartition("@")
    on_the_wire = address_key(f"{local_part}@{a_labels(domain)}")
    return address_key(address) in (delivery.address_key, on_the_wire)
