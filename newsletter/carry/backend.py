"""Carriers on Django's mail backends: in batches where we know the provider's, else one by one."""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.carry.batch import Batch
from newsletter.carry.carrier import Carrier
from newsletter.carry.shape import SHAPES
from newsletter.carry.single import Single
from newsletter.models import Channel, Rendition
from newsletter.providers import WayOut


def carrier(way: WayOut, channel: Channel, renditions: Mapping[int, Rendition]) -> Carrier:
    if shape := SHAPES.get(way.scheme):
        most_at_once = min(channel.batch_size or shape.most_at_once, shape.most_at_once)
        return Batch(way.connection(**shape.options), shape, renditions, most_at_once)
    if way.scheme == "ses":  # boto3's clients are for many threads, and take half a second to make
        client = way.connection()
        return Single(lambda: client, renditions, channel.connections)
    connections = 1 if way.scheme == "maildir" else channel.connections
    return Single(way.connection, renditions, connections)
