"""Carry: how a slice of an edition's mails leaves through one channel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from newsletter.carry.carrier import Carrier, Starting
from newsletter.carry.single import Single
from newsletter.models import Channel, Rendition
from newsletter.providers import WayOut, way_out

__all__ = ["Carrier", "Starting", "carrier_for"]


def carrier_for(channel: Channel, renditions: Mapping[int, Rendition]) -> Carrier:
    """The carrier of a channel, for these renditions by id."""
    way = way_out(settings.CHANNELS[channel.name])
    connections = 1 if way.scheme == "maildir" else channel.connections
    return Single(partial(connection, way), renditions, connections)


def connection(way: WayOut) -> BaseEmailBackend:
    made: BaseEmailBackend = import_string(way.backend)(**way.options)
    return made
