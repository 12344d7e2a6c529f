"""A name server on this machine. It knows what a test tells it, and may be told to say nothing."""

from __future__ import annotations

import socket
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

Records = dict[tuple[str, str], list[str]]


class NameServer:
    """`records` has, by name and type, what stands in a zone's file; a name that is nowhere in it
    is not there (NXDOMAIN). `asked` is what it was asked for, in order."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.records: Records = {}
        self.is_silent = False
        self.asked: list[tuple[str, str]] = []
        Thread(target=self.serve, daemon=True).start()

    def resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.socket.getsockname()[1]
        return resolver

    def text(self, name: str, *texts: str) -> None:
        self.records[name, "TXT"] = [in_pieces(text) for text in texts]

    def serve(self) -> None:
        while True:
            try:
                wire, whom = self.socket.recvfrom(4096)
            except OSError:  # it is closed
                return
            if not self.is_silent:
                self.socket.sendto(self.answer(wire), whom)

    def answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        asked = query.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        if values := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *values))
        elif name not in {known for known, _ in self.records}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()

    def close(self) -> None:
        self.socket.close()


def in_pieces(text: str) -> str:
    """Each of 255 octets at most (RFC 1035, 3.3)."""
    return " ".join(f'"{text[begin : begin + 255]}"' for begin in range(0, len(text), 255))
