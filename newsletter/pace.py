"""Pace: how much may leave now, through a channel and to one receiving domain.

A rate is a token bucket kept as one moment, `paid_until`: what the rate allows up to then has been
taken, and what it allows from then to now is there to be taken. All by the database's clock, and
each taking is one UPDATE on the condition that nobody else has taken meanwhile.
"""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Now

from newsletter.addressee import Addressee
from newsletter.models import Bucket, Channel
from newsletter.models.channels import a_labels

logger = logging.getLogger(__name__)

BURST = 0.1  # seconds of a channel's rate that may leave at once: no second exceeds it by 10 %
DOMAIN_BURST = 1.0  # seconds of a domain's: it is asked once a slice, and not once a mail
FIRST_COOLING, LONGEST_COOLING = 1.0, 600.0  # seconds, where nobody says how long
MOST_DOUBLINGS = 10
LEAST_ASKED, MOST_ASKED = 1.0, 3_600.0  # seconds, whatever Retry-After says
CLOCK_STEP = timedelta(seconds=1)  # by which a moment may not be ahead
ROUNDING = 1e-6  # of a mail: moments are kept in whole microseconds
NOT_COOLING = Q(cool_until=None) | Q(cool_until__lte=Now())


@dataclass(frozen=True)
class Level:
    """A bucket as it was at a moment of the database's clock."""

    pk: int
    paid_until: datetime | None
    booked_until: datetime | None
    now: datetime


def grant(channel: Channel, wanted: int) -> int:
    """How many of the wanted mails may leave by the channel now; they count as gone.

    Waits up to a tenth of a second, for half a bucket: many small slices cost more than they are
    worth. 0 means: ask again. A channel without a rate grants all of them and asks nobody.
    """
    if channel.rate is None:
        return wanted
    worthwhile = min(wanted, max(1, int(channel.rate * BURST / 2)))
    deadline = time.monotonic() + BURST
    while True:
        level = level_of(channel)
        tokens = held(level, channel.rate, BURST)
        seconds = (worthwhile - tokens) / channel.rate
        if seconds > 0 and time.monotonic() + seconds < deadline:
            time.sleep(seconds)
            continue
        count = min(wanted, int(tokens + ROUNDING))
        if not count or moved(level, paid_until=paid(level, tokens - count, channel.rate)):
            return count


def give_back(channel: Channel, unused: int) -> None:
    """Return what was granted and did not leave."""
    if channel.rate is not None and unused:
        mine = Bucket.objects.filter(channel=channel, domain="")
        mine.update(paid_until=F("paid_until") - timedelta(seconds=unused / channel.rate))


def over_limit(channel: Channel, addressees: Sequence[Addressee]) -> dict[int, float]:
    """Those whose receiving domain has had enough: delivery id, and seconds until it may come back.

    All others count as gone. Whoever is put off gets a moment of their own, one after the other at
    the domain's rate, behind those whom earlier calls put off. One second's mails are let through
    at once, so whoever asks once a second gets the whole rate.
    """
    waits: dict[int, float] = {}
    if channel.domain_rates:
        for domain, deliveries in sorted(limited(channel, addressees).items()):
            waits |= put_off(channel, domain, deliveries)
    return waits


def change(channel: Channel, to: float | None, *, seen: float | None) -> bool:
    """Have it send so many mails a second at most from now on; None: as many as can leave.

    False: nothing was changed, since it had another rate by then than `seen`. A sender at work sees
    it within half a second (`is_as_claimed`), and goes on at the new rate.
    """
    changed = Channel.objects.filter(pk=channel.pk, rate=seen).update(rate=to) == 1
    channel.refresh_from_db()
    return changed


def is_as_claimed(channel: Channel) -> bool:
    """Whether its rate is still the one that a slice was claimed under."""
    return Channel.objects.filter(pk=channel.pk, rate=channel.rate).exists()


def cool(channel: Channel, seconds: float | None) -> None:
    """Have the whole channel wait: as long as it was asked to, for an hour at the most.

    Where nobody said how long, it is a random part of a time that doubles from one second to ten
    minutes, until `warm`: senders that were refused together do not come back together. Those who
    find it cooling already do not double it.
    """
    if seconds is None:
        back_off(channel)
    else:
        asked = timedelta(seconds=min(max(seconds, LEAST_ASKED), MOST_ASKED))
        until = Greatest(Coalesce("cool_until", Now()), Now() + asked)
        Channel.objects.filter(pk=channel.pk).update(cool_until=until)
    channel.refresh_from_db()
    logger.warning("channel=%s cools until %s", channel, channel.cool_until)


def warm(channel: Channel) -> None:
    """Mail has left by it: what it waited before is forgotten. Costs nothing where that is nothing.

    A wait that goes on stays, and so does its length: what leaves meanwhile had left before.
    """
    if not channel.cool_count and not channel.shut_count:
        return
    healed = Channel.objects.filter(NOT_COOLING, pk=channel.pk)
    healed.update(cool_count=0, shut_count=0, shut_until=None, shut_reason="")
    channel.refresh_from_db()


def limited(channel: Channel, addressees: Sequence[Addressee]) -> dict[str, list[int]]:
    """Delivery ids by receiving domain, of the domains that have a rate."""
    deliveries: dict[str, list[int]] = defaultdict(list)
    for addressee in addressees:
        domain = a_labels(addressee.address.rpartition("@")[2])
        if domain in channel.domain_rates:
            deliveries[domain].append(addressee.delivery_id)
    return deliveries


def put_off(channel: Channel, domain: str, deliveries: list[int]) -> dict[int, float]:
    """Let as many to a domain leave as may, and book a moment for each of the others."""
    rate = channel.domain_rates[domain]
    while True:
        level = level_of(channel, domain)
        tokens = held(level, rate, DOMAIN_BURST)
        count = min(len(deliveries), int(tokens + ROUNDING))
        late = deliveries[count:]
        queue_end = max(level.booked_until or level.now, level.now)
        booked_until = queue_end + timedelta(seconds=len(late) / rate)
        if moved(level, paid_until=paid(level, tokens - count, rate), booked_until=booked_until):
            ahead = (queue_end - level.now).total_seconds()
            return {delivery: ahead + place / rate for place, delivery in enumerate(late, start=1)}


def held(level: Level, rate: float, burst: float) -> float:
    """How many mails a bucket has that holds so many seconds, and at least one mail.

    It is full when nothing was ever taken, and when what was lies ahead: a clock was set back.
    """
    most = max(rate * burst, 1.0)
    if level.paid_until is None or level.paid_until > level.now + CLOCK_STEP:
        return most
    return min(max((level.now - level.paid_until).total_seconds() * rate, 0.0), most)


def paid(level: Level, tokens: float, rate: float) -> datetime:
    """Up to when a bucket is paid that has so many mails left."""
    return level.now - timedelta(seconds=tokens / rate)


def back_off(channel: Channel) -> None:
    ceiling = min(FIRST_COOLING * 2 ** min(channel.cool_count, MOST_DOUBLINGS), LONGEST_COOLING)
    wait = timedelta(seconds=random.uniform(0, ceiling))
    seen = Channel.objects.filter(NOT_COOLING, pk=channel.pk, cool_count=channel.cool_count)
    seen.update(cool_until=Now() + wait, cool_count=F("cool_count") + 1)


def level_of(channel: Channel, domain: str = "") -> Level:
    """The bucket of a channel, or of a domain through it; made when it is first asked for."""
    rows = Bucket.objects.filter(channel=channel, domain=domain)
    found = rows.values_list("pk", "paid_until", "booked_until", Now()).first()
    if found:
        return Level(*found)
    Bucket.objects.bulk_create([Bucket(channel=channel, domain=domain)], ignore_conflicts=True)
    return level_of(channel, domain)


def moved(seen: Level, **to: datetime) -> bool:
    """Write a bucket, unless somebody has written it since it was seen."""
    rows = Bucket.objects.filter(
        pk=seen.pk, paid_until=seen.paid_until, booked_until=seen.booked_until
    )
    return rows.update(**to) == 1
