"""The breaker: what is wrong with us, or with what carries our mail, stops before readers pay.

A channel's breaker opens when it leaves mails in doubt: nothing more leaves by it, and each minute
a mail to the newsletter's own sender asks whether it works again. Refusals that say something of
us, and too many bad addresses, put the edition on hold: those need a person.
"""

from __future__ import annotations

import logging
from collections import deque

from django.db.models import Max, QuerySet, Sum

from newsletter import clock
from newsletter.models import Channel, Delivery, Edition
from newsletter.outcome import Outcome, Result

logger = logging.getLogger(__name__)

IN_A_ROW = 5
WINDOW = 200  # results that a share is taken of
MOST_DOUBTS = WINDOW * 3 // 100 - 1
MOST_REFUSALS = WINDOW * 20 // 100
YOUNG = 500  # results of an edition, in which its bad addresses are counted
MOST_BOUNCES = YOUNG * 5 // 100
ACCEPTED = Outcome.ACCEPTED  # looked up once: a sender asks 10,000 times a second


class Breaker:
    """Watches what one sender sees of an edition through one channel.

    Rows and shares are of this sender's own results: each of several senders stops by what it sees
    itself, which leaves a few mails more in doubt, and none of them waits for another. From the
    ledger it knows the doubts that earlier turns ended with, so that a channel that fails a few
    mails a turn is stopped, too; and the bad addresses that others met: the list of readers is one.
    """

    def __init__(self, edition: Edition, channel: Channel) -> None:
        self.edition, self.channel = edition, channel
        self.count = self.bounces = self.suspects_in_a_row = 0
        self.doubts_in_a_row = doubts_before(edition, channel)
        self.doubts: deque[int] = deque()  # which of the results they were, by their number
        self.refusals: deque[int] = deque()
        self.is_young = True
        self.has_tripped = False

    def saw(self, result: Result) -> bool:
        """Count a result. False: stop now; what stops it stands in the database already."""
        self.count += 1
        if result.outcome is ACCEPTED:
            self.doubts_in_a_row = self.suspects_in_a_row = 0
        elif not self.has_tripped:
            self.has_tripped = self.trips(result)
        return not self.has_tripped

    def trips(self, result: Result) -> bool:
        """Whether this is one too many. Put off is no answer: it does not end a row of doubts."""
        if not result.is_suspect:
            self.suspects_in_a_row = 0
        if result.outcome is Outcome.REJECTED:
            self.doubts_in_a_row = 0
        if result.outcome is Outcome.IN_DOUBT:
            return self.doubts_it(result)
        if result.outcome is Outcome.REJECTED and self.bounces_too_often():
            return True
        return result.is_suspect and self.is_refused(result)

    def doubts_it(self, result: Result) -> bool:
        """Open the channel's breaker, if this is a doubt too many."""
        self.doubts_in_a_row += 1
        recent = added(self.doubts, self.count)
        if self.doubts_in_a_row >= IN_A_ROW:
            trip(self.channel, self.edition, f"{self.doubts_in_a_row} mails in a row", result)
        elif recent > MOST_DOUBTS:
            trip(self.channel, self.edition, f"{recent} of the last {WINDOW} mails", result)
        else:
            return False
        return True

    def is_refused(self, result: Result) -> bool:
        """Hold the edition, if this is a refusal too many that is not about its reader."""
        self.suspects_in_a_row += 1
        recent = added(self.refusals, self.count) if is_policy(result) else 0
        if self.suspects_in_a_row >= IN_A_ROW:
            failed = f"{IN_A_ROW} mails in a row"
        elif recent > MOST_REFUSALS:
            failed = f"{recent} of the last {WINDOW} mails"
        else:
            return False
        self.hold(
            f"{failed} failed for what we are, or what carries them, and "
            f"not for whom they were to. The last answer was: {result.code}"
        )
        return True

    def bounces_too_often(self) -> bool:
        """Hold the edition, if more than one in twenty of its first addresses is bad."""
        if not self.is_young:
            return False
        self.bounces += 1
        accepted = self.edition.slices.aggregate(count=Sum("accepted_count", default=0))["count"]
        rejected = self.edition.deliveries.filter(state=Delivery.State.REJECTED).count()
        bounces = max(rejected, self.bounces)
        results = max(accepted + rejected, self.count)
        self.is_young = results <= YOUNG
        if not self.is_young or bounces <= MOST_BOUNCES:
            return False
        self.hold(
            f"{bounces} of the first {results} addresses are refused for good. Look at where these "
            "readers come from, before more of such mail spoils our name."
        )
        return True

    def hold(self, reason: str) -> None:
        if self.edition.hold(reason):
            logger.error("edition=%s is on hold: %s", self.edition.pk, reason)


def doubts_before(edition: Edition, channel: Channel) -> int:
    """Mails of an edition that a channel left in doubt since it last took one, with those of the
    slice in which it did: their order is forgotten, and they may have been its last.

    Those that a sender left when it died are not the channel's doing.
    """
    slices = edition.slices.filter(channel=channel)
    took = slices.filter(accepted_count__gt=0).aggregate(newest=Max("pk"))["newest"] or 0
    doubted = edition.deliveries.filter(
        state=Delivery.State.IN_DOUBT, error_class=Outcome.IN_DOUBT.value
    )
    return doubted.filter(fence__in=slices.filter(pk__gte=took).values("pk")).count()


def added(places: deque[int], place: int) -> int:
    """Note one more, and return how many are among the last results."""
    places.append(place)
    while places[0] <= place - WINDOW:
        places.popleft()
    return len(places)


def is_policy(result: Result) -> bool:
    return " 5.7." in result.code


def trip(channel: Channel, edition: Edition, what: str, last: Result) -> None:
    """Open a channel's breaker, unless it is open: then its first reason stays."""
    reason = f"{what} may or may not have left. The last answer was: {last.code}"
    closed = Channel.objects.filter(pk=channel.pk, breaker_opened_at=None)
    opened = closed.update(
        breaker_opened_at=clock.now(),
        breaker_reason=reason[:300],
        breaker_newsletter=edition.newsletter_id,
        probed_at=None,
        probe_answer="",
    )
    if opened:
        logger.error("channel=%s breaker opened by edition=%s: %s", channel, edition.pk, reason)


def close(channel: Channel) -> bool:
    """Let mail leave by it again. False if its breaker was closed, or opened anew, meanwhile."""
    closed = opened(channel).update(
        breaker_opened_at=None, breaker_reason="", probed_at=None, probe_answer=""
    )
    channel.refresh_from_db()
    return closed == 1


def opened(channel: Channel) -> QuerySet[Channel]:
    """The channel, while its breaker is open, and not anew since it was read."""
    still = Channel.objects.filter(pk=channel.pk, breaker_opened_at=channel.breaker_opened_at)
    return still.filter(breaker_opened_at__isnull=False)
