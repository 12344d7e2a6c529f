"""One sender: claims a slice, hands it to a carrier, journals what comes back, settles it."""

from __future__ import annotations

import errno
import logging
import os
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

from django.db import Error, InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from newsletter import canary, channels, pace, stopping
from newsletter.addressee import Addressee
from newsletter.breaker import Breaker
from newsletter.carry import Carrier, carrier_for
from newsletter.deliver import ledger, liveness
from newsletter.deliver.forgotten import hold_if_forgotten
from newsletter.deliver.journal import open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import Channel, Delivery, Edition, Slice
from newsletter.outcome import Outcome, Result

logger = logging.getLogger(__name__)

SECONDS = 60  # a sender's turn, so that a worker that is to end soon does
SECONDS_A_SLICE = 1.0  # that a slice is made to last, as far as its channel lets it be so large
ASSUMED_SPEED = 50  # mails a second through one connection, before the first slice has shown it
SECONDS_BETWEEN_LOOKS = 0.5  # at whether the edition may go on, and who has left
SECONDS_WORTH_WAITING = 5  # when nothing is due now
SECONDS_TO_WAIT = 0.1  # for the channel's pace, or once for a database that does not answer

OUR_OWN = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)  # this process can do nothing any more
GONE = (OperationalError, InterfaceError)  # the database does not answer


class Sender:
    """Sends an edition's due deliveries, slice by slice, until its turn ends. Use it in `with`."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.owner = f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid4().hex[:12]}"
        self.ends_at = time.monotonic() + SECONDS
        self.journal = open_journal()
        self.carriers: dict[str, Carrier] = {}
        self.breakers: dict[str, Breaker] = {}
        self.speed = 0.0  # mails a second, of the newest slice
        renditions = edition.renditions.select_related("edition__newsletter")
        self.renditions = {rendition.pk: rendition for rendition in renditions}

    def __enter__(self) -> Sender:
        liveness.hold(self.owner)
        return self

    def __exit__(self, *error: object) -> None:
        self.journal.close()
        for carrier in self.carriers.values():
            carrier.close()
        liveness.let_go(self.owner)

    def deliver_slice(self) -> bool:
        """Send the next few. False when none is due, or nothing more can leave in this turn."""
        if self.is_over():
            return False
        channel = self.open_channel()
        if channel is None:
            return False
        most = self.size_of_slice(channel)
        granted = pace.grant(channel, most) if most else 0
        if most and not granted:
            time.sleep(SECONDS_TO_WAIT)
            return True
        return bool(granted) and self.deliver_up_to(granted, channel)

    def is_over(self) -> bool:
        return stopping.asked.is_set() or time.monotonic() > self.ends_at

    def deliver_up_to(self, most: int, channel: Channel) -> bool:
        try:
            claimed = ledger.claim(self.edition, channel, most, self.owner, self.journal)
        except GONE as error:
            self.wait_for_database(error)
            return True  # what the pace granted was for that moment
        except OSError:  # the journal cannot be begun: nothing is claimed
            pace.give_back(channel, most)
            raise
        if claimed is None:
            pace.give_back(channel, most)
            return self.wait_for_more()
        taken, addressees = claimed
        pace.give_back(channel, most - len(addressees))
        started_at = time.monotonic()
        trip = Trip(self, taken, channel)
        can_note = self.send(trip, addressees)
        self.speed = len(trip.outcomes.results) / max(time.monotonic() - started_at, 0.001)
        try:
            self.settle(trip)
        except Slice.DoesNotExist:
            self.journal.close()  # it is what is left of this slice
            hold_if_forgotten(self.edition)
            return False
        return can_note

    def wait_for_more(self) -> bool:
        """Whether more is due in a few moments, as after a receiving domain's pace put it off."""
        soon = Now() + timedelta(seconds=SECONDS_WORTH_WAITING)
        due = Delivery.objects.filter(not_before__range=(Now(), soon), state=Delivery.State.PENDING)
        if not due.filter(edition=self.edition).exists() or not self.may_go_on():
            return False
        stopping.asked.wait(SECONDS_BETWEEN_LOOKS)
        return True

    def open_channel(self) -> Channel | None:
        """The first whose door opens. None, with the reason on the edition, if none does."""
        if (channel := channels.way_out(self.edition)) is None:
            self.edition.say_why(channels.why_none())
        while channel:
            carrier = self.carrier(channel)
            try:
                carrier.open()
            except OSError as error:  # nothing has left
                logger.warning("deliver edition=%s channel=%s: %r", self.edition.pk, channel, error)
                if error.errno in OUR_OWN:
                    raise
                kind = type(error).__name__
                channels.shut(channel, kind)
                again = f"it is tried again after {channel.shut_until:%H:%M} UTC"
                self.edition.say_why(f"Mail cannot leave now ({kind}); {again}.")
                channel = channels.way_out(self.edition)
            else:
                if self.edition.reason:
                    self.edition.say_why("")
                return channel
        return None

    def carrier(self, channel: Channel) -> Carrier:
        if channel.name not in self.carriers:
            self.carriers[channel.name] = carrier_for(channel, self.renditions)
            self.breakers[channel.name] = Breaker(self.edition, channel)
        return self.carriers[channel.name]

    def size_of_slice(self, channel: Channel) -> int:
        """As many as leave in about a second; a batch call's worth, where there are such calls."""
        carrier = self.carriers[channel.name]
        most = carrier.most_at_once
        if most is None:
            speed = self.speed or ASSUMED_SPEED * channel.connections
            most = max(10 * channel.connections, int(speed * SECONDS_A_SLICE))
        allowed = canary.allowance(self.edition)
        limits = [most, channel.slice_size] + ([] if allowed is None else [allowed])
        return min(limits)

    def send(self, trip: Trip, addressees: list[Addressee]) -> bool:
        """Have a slice carried. False when what became of it could not be noted."""
        carrier = self.carriers[trip.channel.name]
        due = trip.due(trip.within_limits(addressees))
        try:
            for addressee, result in carrier.carry(due, trip.taken.pk, trip.start):
                trip.note(addressee, result)
        except OSError as error:  # the journal cannot be written, or was taken from us
            logger.error("deliver slice=%s: %r", trip.taken.pk, error)
            self.edition.say_why(f"Nothing can be noted in the journal: {error}")
            self.carriers.pop(trip.channel.name).close()
            return False
        return True

    def may_go_on(self) -> bool:
        """Whether the edition is still on its way."""
        row = Edition.objects.filter(pk=self.edition.pk, state=Edition.State.SENDING)
        return row.filter(hold_reason="").exists()

    def settle(self, trip: Trip) -> None:
        """Again while the database does not answer; nothing is sent meanwhile. At the end of the
        turn its error is raised: the journal keeps what was done."""
        while True:
            try:
                return ledger.settle(trip.taken, trip.outcomes)
            except GONE as error:
                self.wait_for_database(error)

    def wait_for_database(self, error: Error) -> None:
        """A moment, and then for a new session; at the end of the turn the error is raised."""
        if time.monotonic() > self.ends_at or connection.in_atomic_block:
            raise error
        logger.warning("deliver edition=%s waits: %r", self.edition.pk, error)
        time.sleep(SECONDS_TO_WAIT)
        connection.close()
        self.hold_on()

    def hold_on(self) -> None:
        """The lock went with the session."""
        try:
            liveness.hold(self.owner)
        except GONE:
            time.sleep(1)


class Trip:
    """One slice on its way through one channel."""

    def __init__(self, sender: Sender, taken: Slice, channel: Channel) -> None:
        self.sender, self.taken, self.channel = sender, taken, channel
        self.journal, self.breaker = sender.journal, sender.breakers[channel.name]
        self.outcomes = Outcomes()
        self.may_go_on = True
        self.look_at = time.monotonic() + SECONDS_BETWEEN_LOOKS
        self.left: set[int] = set()

    def within_limits(self, addressees: list[Addressee]) -> list[Addressee]:
        """Those whose receiving domain takes more now; the others are put off, and try nothing."""
        later = pace.over_limit(self.channel, addressees)
        for delivery_id, seconds in later.items():
            self.outcomes.results[delivery_id] = put_off(seconds)
        return [each for each in addressees if each.delivery_id not in later]

    def due(self, addressees: Iterable[Addressee]) -> Iterator[Addressee]:
        """Each in turn, while the edition may go on and the reader has not left."""
        for addressee in addressees:
            if self.may_go_on and (stopping.asked.is_set() or time.monotonic() > self.look_at):
                self.look()
            if not self.may_go_on:
                return
            if addressee.delivery_id not in self.left:
                yield addressee

    def look(self) -> None:
        """At whether it may go on, and as fast; where the database does not answer, it may not."""
        try:
            self.may_go_on = not self.sender.is_over() and self.sender.may_go_on()
            self.may_go_on = self.may_go_on and pace.is_as_claimed(self.channel)
            self.left = ledger.gone(self.taken) if self.may_go_on else set()
        except Error as error:
            self.stop(error)
        self.look_at = time.monotonic() + SECONDS_BETWEEN_LOOKS

    def start(self, addressees: Sequence[Addressee]) -> None:
        delivery_ids = [each.delivery_id for each in addressees]
        self.journal.starting(delivery_ids)
        self.outcomes.started.update(delivery_ids)

    def note(self, addressee: Addressee, result: Result) -> None:
        """Keep a result, and see what it means for those that have not left."""
        self.outcomes.results[addressee.delivery_id] = result
        self.journal.came_back(addressee.delivery_id, result)
        try:
            self.react(result)
        except Error as error:
            self.stop(error)

    def react(self, result: Result) -> None:
        if result.outcome is Outcome.ACCEPTED:
            pace.warm(self.channel)
        elif result.cools:
            pace.cool(self.channel, result.retry_after)
            self.may_go_on = False
        if not self.breaker.saw(result):
            self.may_go_on = False

    def stop(self, error: Error) -> None:
        logger.warning("deliver slice=%s stops: %r", self.taken.pk, error)
        self.may_go_on = False


def put_off(seconds: float) -> Result:
    code = "the receiving domain's pace"
    return Result(Outcome.NOT_SENT, code, retry_after=seconds, cools=True)
