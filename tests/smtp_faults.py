"""What a sink does wrong, and when: read from JSON, asked at each stage of each connection.

{"offers": ["PIPELINING"], "delay": [0.01, 0.05],
 "faults": [{"at": "RCPT", "to": "bob@example.org", "reply": "550 5.1.1 no such user"},
            {"at": "accepted", "rate": 0.02, "cut": true}]}
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

OFFERS = ["PIPELINING", "8BITMIME", "SIZE 52428800", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
STAGES = {
    "connect",  # before anything is said
    "banner",
    *("EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT"),
    "body",  # once its first octets have come
    "dot",  # the message is whole, and not taken yet
    "accepted",  # it is in the journal, and not answered yet
}


@dataclass
class Fault:
    """Happens at one stage: to one recipient, with a chance, so many times, after so many."""

    at: str
    to: str = ""
    having: str = ""  # stands in the command
    rate: float = 1.0
    skip: int = 0
    times: int | None = None

    delay: float | list[float] = 0.0  # seconds before the reply, or the least and the most
    reply: str = ""  # instead of the proper one; its lines end with \n
    raw: str = ""  # octets instead of a reply
    cut: bool = False  # the connection is gone
    hang: bool = False  # the connection stays, and nothing more is read or said
    slow: float = 0.0  # seconds for each octet that is read from now on

    def __post_init__(self) -> None:
        if self.at not in STAGES:
            raise ValueError(f"no stage is called {self.at!r}; there are {', '.join(STAGES)}")

    def strikes(self, at: str, to: str, command: str) -> bool:
        if at != self.at or self.to not in ("", to) or self.having not in command:
            return False
        if self.times == 0 or random.random() >= self.rate:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    @property
    def seconds(self) -> float:
        return random.uniform(*self.delay) if isinstance(self.delay, list) else self.delay


@dataclass
class Faults:
    offers: list[str] = field(default_factory=lambda: list(OFFERS))
    pipelined: str = ""  # what becomes of commands that did not wait: "", "discarded", "refused"
    messages_a_connection: int | None = None  # then 421
    idle_seconds: float | None = None  # without a command; then 421
    user: str = ""  # must log in with `password`
    password: str = ""
    listens: bool = True
    delay: float | list[float] = 0.0  # seconds from a message to its reply
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def read(cls, found: dict) -> Faults:
        """Raises TypeError or ValueError for what is no fault."""
        faults = [Fault(**each) for each in found.pop("faults", [])]
        made = cls(faults=faults, **found)
        if made.delay:
            made.faults.append(Fault("accepted", delay=made.delay))
        return made

    def strike(self, at: str, to: str = "", command: str = "") -> Fault | None:
        return next((fault for fault in self.faults if fault.strikes(at, to, command)), None)

    def offers_it(self, keyword: str) -> bool:
        return any(offer.split()[0] == keyword for offer in self.offers)

    @property
    def size_limit(self) -> int:
        sizes = [offer.split()[1:] for offer in self.offers if offer.split()[0] == "SIZE"]
        return int(sizes[0][0]) if sizes and sizes[0] else 0
