"""A slice of readers on its way through our SMTP client, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field

from newsletter.addressee import Addressee
from newsletter.outcome import Outcome, Result
from newsletter.smtp.options import RelayOptions
from newsletter.smtp.relay import Relay
from tests.smtp_sink import Sink

SENDER = "bounces@papers.example.org"
ACCEPTED = Result(Outcome.ACCEPTED)


def reader(number: int, address: str = "") -> Addressee:
    return Addressee(number, number, 1, address or f"reader{number}@example.org")


def readers(count: int) -> list[Addressee]:
    return [reader(number) for number in range(1, count + 1)]


def content(addressee: Addressee, eight_bit: bool) -> bytes:
    """A small message with a line that begins with a dot, as SMTP has it."""
    word = "émile" if eight_bit else "emile"
    name = f"Message-ID: <{addressee.delivery_id}@example.org>\r\n"
    return f"{name}To: {addressee.address}\r\n\r\n..{word}\r\n".encode()


@dataclass
class Trip:
    """`started` holds delivery ids in order; `results` what came back, by delivery id."""

    relay: Relay
    started: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    results: dict[int, Result] = field(default_factory=dict)

    def go(self, addressees: Iterable[Addressee], content=content) -> dict[int, Result]:
        """The results of this slice. No reader may have two."""
        self.relay.open()
        results: dict[int, Result] = {}
        trip = self.relay.carry(self.taking(addressees), content, self.start)
        for addressee, result in trip:
            assert addressee.delivery_id not in results
            results[addressee.delivery_id] = result
        self.results |= results
        return results

    def taking(self, addressees: Iterable[Addressee]):
        for addressee in addressees:
            self.taken.append(addressee.delivery_id)
            yield addressee

    def start(self, addressees):
        self.started += [addressee.delivery_id for addressee in addressees]


@contextmanager
def trip_to(sink: Sink, sender: str = SENDER, **options):
    """Through a client with little patience, on one connection unless told otherwise."""
    patience = {"connect_seconds": 2, "reply_seconds": 0.4, "content_seconds": 0.8}
    defaults = {"connections": 1, "local_name": "test.example.org", **patience}
    host = {"host": "127.0.0.1", "port": sink.port}
    relay = Relay(RelayOptions(**host | defaults | options), lambda addressee: sender)
    yield Trip(relay)
    relay.close()


def not_sent(code: str, **more: object) -> Result:
    return Result(Outcome.NOT_SENT, code, **more)


def in_doubt(code: str) -> Result:
    return Result(Outcome.IN_DOUBT, code, is_suspect=True)
