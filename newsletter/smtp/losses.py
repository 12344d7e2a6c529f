"""Why a connection to a relay is of no more use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.smtp.replies import Reply


class LineLost(Exception):
    """It broke, or is given up; the text says why, without addresses."""


class Silence(LineLost):
    """The other side is open, and does not answer in its time."""


class OutOfStep(LineLost):
    """The other side answers what was not asked, or what cannot be read: no reply is worth more."""


class ParametersRefused(LineLost):
    """MAIL took none of what EHLO offered (RFC 5321, 4.1.1.11)."""


class RelayCloses(LineLost):
    """421, at whatever stage (RFC 5321, 3.8)."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("the relay closes the connection")
        self.reply = reply
