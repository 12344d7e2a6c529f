"""One message a call, by any Django mail backend, several calls in flight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from queue import SimpleQueue

from django.core.mail.backends.base import BaseEmailBackend

from newsletter.addressee import Addressee
from newsletter.carry.carrier import Starting
from newsletter.message import FixedMessage, edition_message
from newsletter.models import Rendition
from newsletter.outcome import Result, send, unwritable
from newsletter.smtp.envelope import wire_address
from newsletter.smtp.mailbag import NO_ADDRESS

Flights = dict[Future[Result], Addressee]


class Single:
    """Keeps a connection for each call that may be in flight.

    Threads are only around a backend's own sending: messages are written, notes taken and the
    database asked in the caller's.
    """

    most_at_once: int | None = None
    key_valid_for: timedelta | None = None

    def __init__(
        self,
        connect: Callable[[], BaseEmailBackend],
        renditions: Mapping[int, Rendition],
        connections: int = 1,
    ) -> None:
        self.ways_out = [connect() for _ in range(connections)]
        self.renditions = renditions
        self.free: SimpleQueue[BaseEmailBackend] = SimpleQueue()
        for way_out in self.ways_out:
            self.free.put(way_out)
        self.threads = ThreadPoolExecutor(connections, thread_name_prefix="carry")

    def open(self) -> None:
        for way_out in self.ways_out:
            way_out.open()

    def carry(
        self, addressees: Iterable[Addressee], fence: int, starting: Starting
    ) -> Iterator[tuple[Addressee, Result]]:
        flights: Flights = {}
        for addressee in addressees:
            if not is_address(addressee.address):
                yield addressee, NO_ADDRESS
                continue
            try:
                message = self.message(addressee)
            except ValueError as error:
                yield addressee, unwritable(error)
                continue
            starting([addressee])
            flights[self.threads.submit(self.send, message)] = addressee
            while len(flights) == len(self.ways_out):
                yield from landed(flights)
        while flights:
            yield from landed(flights)

    def message(self, addressee: Addressee) -> FixedMessage:
        return edition_message(self.renditions[addressee.rendition_id], addressee)

    def send(self, message: FixedMessage) -> Result:
        """In a thread, over a connection that nobody else uses meanwhile."""
        way_out = self.free.get()
        try:
            return send(message, way_out)
        finally:
            self.free.put(way_out)

    def close(self) -> None:
        self.threads.shutdown()
        for way_out in self.ways_out:
            way_out.close()


def is_address(text: str) -> bool:
    try:
        wire_address(text)
    except ValueError:
        return False
    return True


def landed(flights: Flights) -> Iterator[tuple[Addressee, Result]]:
    """What has come back, of at least one flight; those are flights no longer."""
    done, _ = wait(flights, return_when=FIRST_COMPLETED)
    for future in done:
        yield flights.pop(future), future.result()
