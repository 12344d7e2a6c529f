"""The contract between the ledger and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Protocol

from newsletter.addressee import Addressee
from newsletter.outcome import Result

# Notes durably that these may leave from now on. Raises when they must not: then nothing may.
Starting = Callable[[Sequence[Addressee]], None]


class Carrier(Protocol):
    """One way out, kept open from slice to slice. Knows nothing of the ledger.

    A batch call is one slice, so that the slice's fence can be its idempotency key. While that is
    valid, carrying the same addressees under the same fence makes no second mails of them.
    """

    @property
    def most_at_once(self) -> int | None:
        """How many addressees a slice may hold; None: any number. It shrinks where a provider
        refused a call for its content."""

    @property
    def key_valid_for(self) -> timedelta | None:
        """From the call on; None: the provider has no keys."""

    def open(self) -> None:
        """Raises OSError when nothing can leave now; may be called again while open."""

    def carry(
        self, addressees: Iterable[Addressee], fence: int, starting: Starting
    ) -> Iterator[tuple[Addressee, Result]]:
        """Send to each, in order, and yield what became of it as it is known.

        Takes the next addressee no sooner than it can begin with it, and calls `starting` before
        the first octet of a message's content leaves. Whoever was taken and not started at the end
        was not sent to. Yields one result for each that was started; raises nothing that the
        network, the provider or a message's own text can cause.
        """

    def close(self) -> None:
        """Hang up, whatever state the other side is in; raises nothing."""
