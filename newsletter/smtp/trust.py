"""What is still believed of what a relay offers."""

from __future__ import annotations

from newsletter.smtp.envelope import Offer
from newsletter.smtp.line import Line
from newsletter.smtp.losses import LineLost, OutOfStep, ParametersRefused, RelayCloses, Silence


class Trust:
    """Lost once, it stays lost: a relay that lies on one connection lies on all."""

    def __init__(self) -> None:
        self.pipelining = True
        self.parameters = True

    def of(self, offer: Offer) -> Offer:
        return Offer(
            pipelining=offer.pipelining and self.pipelining,
            eight_bit=offer.eight_bit and self.parameters,
            size=offer.size if self.parameters else None,
            utf8=offer.utf8,
        )

    def is_broken_by(self, line: Line, loss: LineLost) -> bool:
        """Whether a line was lost to an offer that is not kept; it is not believed from now on."""
        if isinstance(loss, ParametersRefused):
            self.parameters = False
            return True
        is_envelope = line.offered is not None and line.started is None
        if is_envelope and line.is_grouped and speaks_against_groups(line, loss):
            self.pipelining = False
            return True
        return False


def speaks_against_groups(line: Line, loss: LineLost) -> bool:
    """Some drop what comes behind the first command of a group, some stumble over it."""
    if isinstance(loss, RelayCloses):
        return False
    is_behind = line.waits_for in ("RCPT", "DATA")
    if isinstance(loss, Silence):
        return is_behind or line.concluded_count > 0
    return is_behind or isinstance(loss, OutOfStep)
