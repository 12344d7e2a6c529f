"""A client for one relay: many connections, one thread, one round trip a message."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator

from newsletter.addressee import Addressee
from newsletter.outcome import Outcome, Result, in_doubt, reply_result
from newsletter.smtp.dialogue import converse
from newsletter.smtp.line import Line
from newsletter.smtp.losses import LineLost, OutOfStep, RelayCloses, Silence
from newsletter.smtp.mailbag import Content, Mailbag, Sender, Starting
from newsletter.smtp.options import RelayOptions
from newsletter.smtp.pool import Pool
from newsletter.smtp.replies import Reply
from newsletter.smtp.trust import Trust

logger = logging.getLogger(__name__)

TICK = 0.25  # seconds between two looks at the clock
OPENING_TICK = 0.02

Settled = Iterator[tuple[Addressee, Result]]


class Relay:
    """Keeps its connections from slice to slice. For one thread."""

    def __init__(self, options: RelayOptions, sender: Sender) -> None:
        self.sender = sender
        self.pool = Pool(options)
        self.trust = Trust()
        self.looks_at = 0.0

    def open(self) -> None:
        """Have at least one connection; the others join while it is at work.

        Raises OSError when there is none, with a reason; for some time after failures it does so
        without asking the relay again.
        """
        for line in self.pool.ready(0):
            try:
                for reply in line.hear():
                    self.advance(line, reply)
            except LineLost as loss:
                logger.info("relay: a connection that was kept is lost: %s", loss)
                self.pool.cut(line)
        self.pool.open()

    def carry(
        self, addressees: Iterable[Addressee], content: Content, starting: Starting
    ) -> Settled:
        """As `Carrier.carry`, with what makes the content of a message."""
        bag = Mailbag(addressees, self.sender, content, starting)
        try:
            while self.pool.busy or self.can_begin(bag):
                yield from self.turn(bag)
        finally:
            for line in list(self.pool.busy):  # whoever broke off: nothing more may leave
                self.pool.cut(line)
            for line in self.pool.idle:
                line.is_kept = True

    def can_begin(self, bag: Mailbag) -> bool:
        """Whether there is more to send and a line to send it by, now or soon."""
        if bag.is_empty:
            return False
        if not self.pool.idle:
            self.pool.tend()
        return bool(self.pool.idle) or self.pool.is_opening

    def turn(self, bag: Mailbag) -> Settled:
        """All that can be done now; waits only where there is nothing."""
        ready = self.pool.ready(self.patience(bag))
        if time.monotonic() >= self.looks_at:
            self.look(bag, ready)
        for line in ready:
            yield from self.serve(line, bag)
        if self.pool.idle and not bag.is_empty:
            self.begin(self.pool.idle.pop(), bag)
        yield from bag.settled()

    def patience(self, bag: Mailbag) -> float:
        """Seconds until there is something to do in any case."""
        if self.pool.idle and not bag.is_empty:
            return 0
        return max(0, self.looks_at - time.monotonic())

    def look(self, bag: Mailbag, ready: list[Line]) -> None:
        """At the clock, and at the lines that are being opened.

        A process that was stopped goes on with nothing ready, whatever has come meanwhile, so those
        whose time is over are listened to once more.
        """
        now = time.monotonic()
        overdue = {line for line in self.pool.busy.difference(ready) if now > line.deadline}
        for line in overdue.difference(self.pool.ready(0) if overdue else ()):
            self.lose(line, bag, Silence(f"no reply to {line.waits_for} in its time"))
        if not bag.is_empty:
            self.pool.tend()
        awaits_more = self.pool.is_opening and not bag.is_empty
        self.looks_at = now + (OPENING_TICK if awaits_more else TICK)

    def begin(self, line: Line, bag: Mailbag) -> None:
        line.offer = self.trust.of(line.offer)
        line.dialogue = converse(line, bag)
        self.pool.busy.add(line)
        try:
            next(line.dialogue)
            self.pool.watch(line)
        except StopIteration:
            self.rest(line)
        except LineLost as loss:
            self.lose(line, bag, loss)

    def serve(self, line: Line, bag: Mailbag) -> Settled:
        """Go on where octets can be written or replies have come.

        A result is out before the same line starts another message, so that whoever notes both
        never has two of one line in doubt. It listens first: a relay that refuses a message in
        its middle may hang up at once, and writing would only tell that.
        """
        try:
            for reply in line.hear():
                self.advance(line, reply)
                if bag.results:
                    yield from bag.settled()
            if line.unsent:
                line.flush()
            self.pool.watch(line)
        except LineLost as loss:
            self.lose(line, bag, loss)
        yield from bag.settled()

    def advance(self, line: Line, reply: Reply) -> None:
        if line.dialogue is None:
            raise OutOfStep("the relay speaks unasked")
        line.is_kept = False
        try:
            line.dialogue.send(reply)
        except StopIteration:
            self.rest(line)

    def rest(self, line: Line) -> None:
        line.dialogue = None
        self.pool.busy.discard(line)
        self.pool.idle.add(line)

    def lose(self, line: Line, bag: Mailbag, loss: LineLost) -> None:
        """Give up a line; what becomes of the two messages that may be on it."""
        logger.info("relay: a connection is lost: %s", loss)
        is_lie = self.trust.is_broken_by(line, loss)
        if line.started:
            bag.settle(line.started.addressee, cut_short(line, loss))
        if line.offered and refuses_us(line, loss):
            bag.settle(line.offered.addressee, not_begun(loss))
        elif line.offered:
            is_counted = line.is_fresh and not is_lie
            bag.put_back(line.offered.addressee, not_begun(loss), is_counted=is_counted)
        if is_lie:
            self.believe_less()
            self.pool.cut(line)
        else:
            self.pool.drop(line, str(loss))
        self.looks_at = 0.0  # at the one that is opened in its place

    def believe_less(self) -> None:
        for line in self.pool.busy:
            line.offer = self.trust.of(line.offer)

    def close(self) -> None:
        """Hang up, whatever state the other side is in; raises nothing."""
        self.pool.close()


def cut_short(line: Line, loss: LineLost) -> Result:
    """Of a message whose content was on its way: without its dot, nobody may have taken it."""
    return in_doubt(str(loss)) if line.dot_has_left else Result(Outcome.NOT_SENT, str(loss))


def refuses_us(line: Line, loss: LineLost) -> bool:
    """Whether a relay closes because it wants nothing now, and not because a line had enough."""
    return isinstance(loss, RelayCloses) and line.is_fresh


def not_begun(loss: LineLost) -> Result:
    if isinstance(loss, RelayCloses):
        return reply_result(loss.reply.code, loss.reply.text)
    return Result(Outcome.NOT_SENT, str(loss))
