"""The addressees of one slice: who is next, who is tried again, and what became of whom."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from newsletter.addressee import Addressee
from newsletter.outcome import Outcome, Result, unwritable
from newsletter.smtp.envelope import Offer, Parcel, pack, wire_address

# The content for one reader, in eight bits or in seven; ValueError when it cannot be written.
Content = Callable[[Addressee, bool], bytes]
Starting = Callable[[Sequence[Addressee]], None]
Sender = Callable[[Addressee], str]  # the address in the envelope, where bounces go

NO_ADDRESS = Result(Outcome.REJECTED, "no mail can go to this address")
CANNOT_CARRY = Result(Outcome.REJECTED, "the relay cannot carry this address")


class Mailbag:
    def __init__(
        self, addressees: Iterable[Addressee], sender: Sender, content: Content, starting: Starting
    ) -> None:
        self.addressees = iter(addressees)
        self.sender = sender
        self.content = content
        self.starting = starting
        self.is_exhausted = False
        self.again: deque[Addressee] = deque()
        self.once_lost: set[int] = set()  # delivery ids
        self.results: deque[tuple[Addressee, Result]] = deque()

    @property
    def is_empty(self) -> bool:
        return self.is_exhausted and not self.again

    def take(self, offer: Offer) -> Parcel | None:
        """The next message; None when there is none, or when the next one cannot be sent.

        It takes one addressee at a time, so that results are heard before more are taken.
        """
        addressee = self.again.popleft() if self.again else next(self.addressees, None)
        if addressee is None:
            self.is_exhausted = True
            return None
        packed = self.pack(addressee, offer)
        if isinstance(packed, Parcel):
            return packed
        self.settle(addressee, packed)
        return None

    def pack(self, addressee: Addressee, offer: Offer) -> Parcel | Result:
        """The message, or why it cannot be sent."""
        try:
            recipient = wire_address(addressee.address)
        except ValueError:
            return NO_ADDRESS
        try:
            sender = wire_sender(self.sender(addressee))
            if not sender.isascii() and not offer.utf8:
                raise ValueError("a sender that the relay cannot carry")
            if not recipient.isascii() and not offer.utf8:
                return CANNOT_CARRY
            content = self.content(addressee, offer.eight_bit)
        except ValueError as error:
            return unwritable(error)
        if offer.size and len(content) > offer.size:
            return too_large(len(content), offer.size)
        return pack(addressee, sender, recipient, content, offer)

    def put_back(self, addressee: Addressee, result: Result, *, is_counted: bool) -> None:
        """Have a message that has not started tried again; of those counted, once."""
        if is_counted and addressee.delivery_id in self.once_lost:
            self.settle(addressee, result)
            return
        if is_counted:
            self.once_lost.add(addressee.delivery_id)
        self.again.append(addressee)

    def settle(self, addressee: Addressee, result: Result) -> None:
        self.results.append((addressee, result))

    def settled(self) -> Iterator[tuple[Addressee, Result]]:
        while self.results:
            yield self.results.popleft()


wire_sender = lru_cache(maxsize=1)(wire_address)  # mostly the same for all


def too_large(octets: int, limit: int) -> Result:
    code = f"{octets} octets are more than the relay takes ({limit})"
    return Result(Outcome.NOT_SENT, code, is_suspect=True)
