"""The breaker: what goes wrong with what carries our mail, or with us, stops before readers pay.

A channel's breaker opens when it leaves mails in doubt: nothing more leaves by it, and each minute
a mail to the newsletter's own sender asks whether it works again. Refusals that say something of
us, and too many bad addresses, put the edition on hold: those need a person.
"""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Coalesce

from newsletter.models import Channel, Edition
from newsletter.outcome import Outcome, Result

logger = logging.getLogger(__name__)

WINDOW = 200  # results that the shares are counted over
DOUBTS = WINDOW * 3 // 100
REFUSALS = WINDOW * 20 // 100
IN_A_ROW = 5
YOUNG = 500  # results of an edition in which bad addresses are counted
BOUNCES = YOUNG * 5 // 100
PROBE_EVERY = timedelta(seconds=55)  # just under a tick, so that none is missed
ACCEPTED = Outcome.ACCEPTED


class Breaker:
    """Watches what one sender sees of an edition through a channel.

    What is in a row, and the last 200, are this sender's own: with several senders each of them
    stops by what it sees itself, so that at most that many mails each are in doubt, and no sender
    waits for another's. Bad addresses are counted over the edition, with what the ledger knows.
    """

    def __init__(self, edition: Edition, channel: Channel) -> None:
        self.edition, self.channel = edition, channel
        self.count = self.doubts_in_a_row = self.suspects_in_a_row = self.bounces = 0
        self.doubts: deque[int] = deque()  # the places, in the order of results, of those in doubt
        self.refusals: deque[int] = deque()  # and of those refused for a policy
        self.is_open = False

    def saw(self, result: Result) -> bool:
        """Count a result. False: stop now; what stops it stands in the database already."""
        self.count += 1
        if result.outcome is ACCEPTED:
            self.doubts_in_a_row = self.suspects_in_a_row = 0
        elif not self.is_open:
            self.is_open = self.judge(result)
        return not self.is_open

    def judge(self, result: Result) -> bool:
        return False


def probe_due(now: datetime) -> list[Channel]:
    """Channels whose open breaker nobody has looked behind for a minute."""
    last = Coalesce("probed_at", "breaker_opened_at")
    opened = Channel.objects.filter(name__in=settings.CHANNELS, breaker_opened_at__isnull=False)
    return list(opened.annotate(last=last).filter(last__lte=now - PROBE_EVERY))


def probe(channel: Channel) -> bool:
    return False
