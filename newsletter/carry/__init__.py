"""Carry: how a slice of an edition's mails leaves through one channel."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.module_loading import import_string

from newsletter.carry.carrier import Carrier, Starting
from newsletter.carry.smtp import SmtpCarrier
from newsletter.models import Channel, Rendition
from newsletter.providers import SMTP_PORTS, way_out
from newsletter.smtp.options import RelayOptions

__all__ = ["Carrier", "Starting", "carrier_for", "load"]

# Anymail and requests take a quarter of a second to load: only where a channel leads there.
BY_BACKEND = "newsletter.carry.backend.carrier"


def carrier_for(channel: Channel, renditions: Mapping[int, Rendition]) -> Carrier:
    """The carrier of a channel, for these renditions by id."""
    url = settings.CHANNELS[channel.name]
    way = way_out(url)
    if way.scheme in SMTP_PORTS:
        options = RelayOptions.from_url(url, connections=channel.connections)
        return SmtpCarrier(options, renditions)
    by_backend: Carrier = import_string(BY_BACKEND)(way, channel, renditions)
    return by_backend


def load() -> None:
    """What the channels need, before they are needed. May be repeated."""
    for way in map(way_out, settings.CHANNELS.values()):
        if way.scheme not in SMTP_PORTS:
            import_string(BY_BACKEND)
            import_string(way.backend)
