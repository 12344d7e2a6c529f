"""Carry over SMTP: our own client, and messages that were cut once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from newsletter.addressee import Addressee
from newsletter.carry.carrier import Starting
from newsletter.message import CutMessage, cut_message
from newsletter.message.fields import sender_address
from newsletter.message.message_id import delivery_name, return_path
from newsletter.models import Newsletter, Rendition
from newsletter.outcome import Result
from newsletter.smtp.mailbag import Sender
from newsletter.smtp.options import RelayOptions
from newsletter.smtp.relay import Relay


class SmtpCarrier:
    """A relay, and the renditions of one edition, each cut when it is first sent."""

    most_at_once = None
    key_valid_for = None

    def __init__(self, options: RelayOptions, renditions: Mapping[int, Rendition]) -> None:
        self.renditions = renditions
        self.cut: dict[int, CutMessage] = {}
        newsletter = next(iter(renditions.values())).edition.newsletter
        self.relay = Relay(options, sender_of(newsletter))

    def open(self) -> None:
        self.relay.open()

    def carry(
        self, addressees: Iterable[Addressee], fence: int, starting: Starting
    ) -> Iterator[tuple[Addressee, Result]]:
        return self.relay.carry(addressees, self.content, starting)

    def content(self, addressee: Addressee, eight_bit: bool) -> bytes:
        rendition_id = addressee.rendition_id
        if rendition_id not in self.cut:
            self.cut[rendition_id] = cut_message(self.renditions[rendition_id])
        return self.cut[rendition_id].content(addressee, eight_bit=eight_bit)

    def close(self) -> None:
        self.relay.close()


def sender_of(newsletter: Newsletter) -> Sender:
    """The sender of the envelope: each mail's own, where there is a mailbox for bounces."""
    if not settings.BOUNCE_ADDRESS:
        address = sender_address(newsletter)
        return lambda addressee: address
    return lambda addressee: return_path(delivery_name(addressee.delivery_id))
