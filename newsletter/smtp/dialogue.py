"""The talk on one connection: envelope, content, and what each reply means for whom.

RFC 5321 says what is asked and answered, RFC 2920 what may travel together: the envelope's three
commands as one group, and the next envelope in one write with the message before it. A relay
without PIPELINING is asked one command at a time.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from newsletter.outcome import Outcome, Result, enhanced_code, reply_result
from newsletter.smtp.envelope import DATA, Parcel
from newsletter.smtp.line import Dialogue, Line
from newsletter.smtp.losses import LineLost, OutOfStep, ParametersRefused, RelayCloses
from newsletter.smtp.mailbag import Mailbag
from newsletter.smtp.replies import Reply

ACCEPTED = Result(Outcome.ACCEPTED)
CONFUSED = (500, 502, 503)  # it knows the command, but not here
BAD_PARAMETERS = (501, 504, 555)


def converse(line: Line, bag: Mailbag) -> Dialogue:
    """Send what the bag gives, one message after the other, until it gives none.

    Raises LineLost: `line.started` and `line.offered` are then without a result.
    """
    parcel = propose(line, bag)
    while parcel:
        is_invited = yield from hear_envelope(line, bag, parcel)
        if is_invited:
            start(line, bag, parcel)
            conclude(line, bag, parcel, (yield))
        else:
            yield from clear(line)
        parcel = line.offered or propose(line, bag)


def propose(line: Line, bag: Mailbag) -> Parcel | None:
    """The next message, its envelope said as one group where that may be."""
    parcel = line.offered = bag.take(line.offer)
    line.is_grouped = line.offer.pipelining
    if parcel and line.is_grouped:
        line.ask(parcel.envelope)
    return parcel


def hear_envelope(line: Line, bag: Mailbag, parcel: Parcel) -> Generator[None, Reply, bool]:
    """Whether the content may follow; if not, the bag has the result."""
    commands = (("MAIL", parcel.mail, 2), ("RCPT", parcel.recipient, 2), ("DATA", DATA, 3))
    for stage, command, wanted in commands:
        if not line.is_grouped:
            line.ask(command)
        line.waits_for = stage
        reply = yield
        if reply.code // 100 != wanted:
            refuse(line, bag, parcel, stage, reply)
            if not line.is_grouped:
                return False
    if line.offered is None and reply.code // 100 == 3:
        line.ask(b".\r\n")  # it wants content for nobody (RFC 2920, 3.1)
        yield
    return line.offered is not None


def refuse(line: Line, bag: Mailbag, parcel: Parcel, stage: str, reply: Reply) -> None:
    """The end of a message whose envelope is refused; the first reason is the one that counts."""
    if reply.code == 421:
        raise RelayCloses(reply)
    if line.offered:
        bag.settle(parcel.addressee, refusal(line, stage, parcel, reply))
        line.offered = None
        line.concluded_count += 1


def refusal(line: Line, stage: str, parcel: Parcel, reply: Reply) -> Result:
    """What a reply other than yes says of the message; raises where it speaks of the line."""
    if reply.code < 400:
        raise OutOfStep(f"{reply.code} in reply to {stage}")
    if stage == "MAIL" and parcel.has_parameters and reply.code in BAD_PARAMETERS:
        raise ParametersRefused(f"{reply.code} in reply to {stage}")
    is_confused = reply.code in CONFUSED or enhanced_code(reply.text).startswith("5.5.")
    if line.is_grouped and is_confused:
        raise OutOfStep(f"{reply.code} in reply to {stage}, which came in a group")
    result = refused(reply)
    if stage == "MAIL":
        code = f"{result.code}, sender refused"
        return replace(result, outcome=Outcome.NOT_SENT, code=code, is_suspect=reply.code >= 500)
    return result


def refused(reply: Reply) -> Result:
    """The class of a no; one to the message's size is about us (RFC 1870, 6)."""
    result = reply_result(reply.code, reply.text)
    if reply.code == 552 and not enhanced_code(reply.text).startswith("5.2."):
        return replace(result, outcome=Outcome.NOT_SENT, is_suspect=True)
    return result


def start(line: Line, bag: Mailbag, parcel: Parcel) -> None:
    """Note that it may leave, and let it leave, with the next envelope behind it."""
    if not line.replies.is_drained:  # the rest would pass for the reply to the dot
        raise OutOfStep("a reply too many before the content")
    following = bag.take(line.offer) if line.offer.pipelining else None
    bag.starting((parcel.addressee,))
    line.start(parcel, following)


def conclude(line: Line, bag: Mailbag, parcel: Parcel, reply: Reply) -> None:
    """The end of a message whose content may have left."""
    if reply.code < 400 and not (reply.is_positive and line.dot_has_left):
        raise OutOfStep(f"{reply.code} in reply to the content")
    line.started = None
    line.concluded_count += 1
    bag.settle(parcel.addressee, ACCEPTED if reply.is_positive else refused(reply))
    if reply.code == 421:
        raise RelayCloses(reply)
    if not line.dot_has_left:
        raise LineLost("the relay refused the content before its end")
    line.wait()


def clear(line: Line) -> Generator[None, Reply, None]:
    """Begin anew after an envelope that was refused."""
    line.ask(b"RSET\r\n")
    line.waits_for = "RSET"
    reply = yield
    if not reply.is_positive:
        raise LineLost(f"{reply.code} in reply to RSET")
