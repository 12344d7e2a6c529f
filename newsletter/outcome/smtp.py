"""What a relay's reply says of the message, or an error of smtplib."""

from __future__ import annotations

import smtplib

from newsletter.outcome.result import Outcome, Result, in_doubt

# RFC 3463: the address is bad. Every other 5.x.x says something of us or of the moment.
BAD_ADDRESS = ("5.1.", "5.2.1")
BAD_SENDER = ("5.1.7", "5.1.8")  # at whatever stage it is said: ours, and no reader's


def smtp_result(error: smtplib.SMTPException) -> Result:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return reply_result(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPSenderRefused):
        code = f"{error.smtp_code} sender refused"
        return Result(Outcome.NOT_SENT, code, is_suspect=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Result(Outcome.REJECTED, "the relay cannot carry this address")
    if isinstance(error, smtplib.SMTPResponseException):
        return reply_result(error.smtp_code, error.smtp_error)
    return in_doubt(type(error).__name__)


def reply_result(code: int, reply: bytes | str) -> Result:
    """A reply that is not 2xx is a definite no, at whatever stage (RFC 5321, 4.2.5)."""
    said = enhanced_code(reply)
    if code < 500:
        cools = code == 421 or said.startswith("4.7.")
        return Result(Outcome.NOT_SENT, f"{code} {said}".strip(), cools=cools)
    if said.startswith(BAD_SENDER):
        return Result(Outcome.NOT_SENT, f"{code} {said}", is_suspect=True)
    if said.startswith(BAD_ADDRESS):
        return Result(Outcome.REJECTED, f"{code} {said}")
    if not said:  # mostly an old server's "no such user"; in a row it is "relaying denied"
        return Result(Outcome.REJECTED, str(code), is_suspect=True)
    return Result(Outcome.NOT_SENT, f"{code} {said}", is_suspect=said.startswith("5.7."))


def enhanced_code(reply: bytes | str) -> str:
    """The RFC 3463 code at the start of a reply, or nothing; the rest may name the address."""
    text = reply.decode("ascii", "replace") if isinstance(reply, bytes) else reply
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return first if first.count(".") == 2 and first.replace(".", "").isdigit() else ""
