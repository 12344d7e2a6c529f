"""Channels: the ways out that are configured, and which of them an edition leaves by."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.db.models.functions import Now

from newsletter import clock, providers
from newsletter.models import Channel, Edition

logger = logging.getLogger(__name__)

SHORTEST_SHUT = timedelta(seconds=55)  # just under a tick, so that the next one tries again
LONGEST_SHUT = timedelta(minutes=10)
MOST_DOUBLINGS = 4


def configured() -> list[Channel]:
    """The channels that the environment names, in the order in which they are tried.

    Each has a row from its first use on; a new one comes after those before it in the environment.
    """
    known = {channel.name: channel for channel in Channel.objects.filter(name__in=names())}
    if missing := [name for name in names() if name not in known]:
        new = [Channel(name=name, position=names().index(name)) for name in missing]
        Channel.objects.bulk_create(new, ignore_conflicts=True)
        return configured()
    return sorted(known.values(), key=lambda channel: (channel.position, channel.name))


def names() -> list[str]:
    return list(settings.CHANNELS)


def way_out(edition: Edition) -> Channel | None:
    """The first channel that may carry the edition now; None when each of them has to wait."""
    now = clock.now()
    channels = configured()
    found = next((channel for channel in channels if channel.may_carry(now)), None)
    if found is None or found != channels[0]:
        logger.info("edition=%s leaves by channel=%s, not the first", edition.pk, found)
    return found


def why_none() -> str:
    """Why no channel may carry mail now, for editors."""
    now = clock.now()
    return " ".join(f"{channel}: {channel.why_not(now)}." for channel in configured())


def shut(channel: Channel, why: str) -> None:
    """Its door could not be opened: another channel takes over, and this one is tried later.

    After about one minute, then two, four, eight and ten; `pace.warm` forgets them. Senders who
    find it shut at the same time count once.
    """
    seen = channel.shut_count
    wait = min(SHORTEST_SHUT * 2 ** min(seen, MOST_DOUBLINGS), LONGEST_SHUT)
    Channel.objects.filter(pk=channel.pk, shut_count=seen).update(
        shut_count=F("shut_count") + 1, shut_until=Now() + wait, shut_reason=why[:200]
    )
    channel.refresh_from_db()
    logger.warning("channel=%s is shut until %s: %s", channel, channel.shut_until, why)


def connection_of(channel: Channel) -> BaseEmailBackend:
    """A mail backend that leads out by a channel, not opened yet."""
    return providers.way_out(settings.CHANNELS[channel.name]).connection()
