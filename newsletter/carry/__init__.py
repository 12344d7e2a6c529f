"""Carry: how a slice of an edition's mails leaves through one channel."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace

from anymail.exceptions import AnymailNotSupportedWarning
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from newsletter.carry.batch import Batch
from newsletter.carry.carrier import Carrier, Starting
from newsletter.carry.shape import SHAPES
from newsletter.carry.single import Single
from newsletter.carry.smtp import SmtpCarrier
from newsletter.models import Channel, Rendition
from newsletter.providers import SMTP_PORTS, WayOut, way_out
from newsletter.smtp.options import RelayOptions

__all__ = ["Carrier", "Starting", "carrier_for"]


def carrier_for(channel: Channel, renditions: Mapping[int, Rendition]) -> Carrier:
    """The carrier of a channel, for these renditions by id."""
    url = settings.CHANNELS[channel.name]
    way = way_out(url)
    if way.scheme in SMTP_PORTS:
        options = replace(RelayOptions.from_url(url), connections=channel.connections)
        return SmtpCarrier(options, renditions)
    if shape := SHAPES.get(way.scheme):
        most_at_once = min(channel.batch_size or shape.most_at_once, shape.most_at_once)
        return Batch(connection(way, shape.options), shape, renditions, most_at_once)
    connections = 1 if way.scheme == "maildir" else channel.connections
    return Single(lambda: connection(way, {}), renditions, connections)


def connection(way: WayOut, more: Mapping[str, object]) -> BaseEmailBackend:
    with warnings.catch_warnings():  # docs/configuration.md says what stands behind SendGrid's
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)
        made: BaseEmailBackend = import_string(way.backend)(**way.options, **more)
    return made
