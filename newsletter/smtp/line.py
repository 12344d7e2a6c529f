"""One open connection to a relay: octets out, replies in."""

from __future__ import annotations

import math
import socket
import ssl
import struct
import time
from collections.abc import Generator, Iterator
from contextlib import suppress

from newsletter.smtp.envelope import Offer, Parcel
from newsletter.smtp.losses import LineLost
from newsletter.smtp.options import RelayOptions
from newsletter.smtp.replies import Reply, ReplyReader

SEND_BUFFER = 1 << 20  # octets: the kernel takes a whole message at once
READ_SIZE = 4096
WOULD_BLOCK = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
HUNG_UP = "the relay hung up"
AT_ONCE = struct.pack("ii", 1, 0)  # for SO_LINGER

# A talk with the relay: waits for the next reply at each yield.
Dialogue = Generator[None, Reply, None]


class Line:
    """Never blocks. Raises LineLost, and nothing else, when the connection is of no more use."""

    def __init__(self, sock: socket.socket, offer: Offer, options: RelayOptions) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.sock = sock
        self.offer = offer
        self.options = options
        self.replies = ReplyReader()
        self.unsent: list[bytes | memoryview] = []
        self.dialogue: Dialogue | None = None
        self.offered: Parcel | None = None  # its envelope may have left
        self.started: Parcel | None = None  # its content may have left
        self.is_grouped = False  # the envelope left as one group
        self.waits_for = ""
        self.deadline = math.inf
        self.concluded_count = 0  # messages taken or refused
        self.is_kept = False  # from an earlier slice, and not heard from since

    @property
    def is_fresh(self) -> bool:
        """Whether its loss cannot be put down to its age, or to a relay's limit for one line."""
        return not (self.concluded_count or self.is_kept)

    def ask(self, *octets: bytes) -> None:
        """Say something that is answered soon."""
        self.wait()
        self.say(*octets)

    def wait(self) -> None:
        """The next reply has its time from now on."""
        self.deadline = time.monotonic() + self.options.reply_seconds

    def start(self, parcel: Parcel, following: Parcel | None) -> None:
        """The content, its dot, and the next envelope in the same write (RFC 2920, 3.1)."""
        self.started, self.offered = parcel, following
        self.waits_for = "the dot"
        self.deadline = time.monotonic() + self.options.content_seconds
        if following is None:
            self.say(parcel.content, b".\r\n")
        else:
            self.is_grouped = True
            self.say(parcel.content, b".\r\n", following.envelope)

    @property
    def dot_has_left(self) -> bool:
        """Whether the message that was started may be whole on the other side."""
        return len(self.unsent) <= (self.offered is not None)

    def say(self, *octets: bytes) -> None:
        self.unsent.extend(octets)
        self.flush()

    def flush(self) -> None:
        """Write what the connection takes now of what is to be said.

        Where the other side has hung up, that is found by hearing, after what it said before.
        """
        try:
            while self.unsent:
                self.forget(self.write())
        except (*WOULD_BLOCK, ConnectionError):
            return
        except OSError as error:
            raise broken(error) from error

    def write(self) -> int:
        if isinstance(self.sock, ssl.SSLSocket):  # it gathers nothing
            return self.sock.send(self.unsent[0])
        return self.sock.sendmsg(self.unsent)

    def forget(self, count: int) -> None:
        """Drop so many octets from what is to be said."""
        if count == sum(map(len, self.unsent)):
            self.unsent.clear()
            return
        while count >= len(self.unsent[0]):
            count -= len(self.unsent.pop(0))
        if count:
            self.unsent[0] = memoryview(self.unsent[0])[count:]

    def hear(self) -> Iterator[Reply]:
        """The replies that have come."""
        return self.replies.read(self.receive())

    def receive(self) -> bytes:
        try:
            octets = self.sock.recv(READ_SIZE)
            while isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
                octets += self.sock.recv(READ_SIZE)
        except WOULD_BLOCK:
            return b""
        except OSError as error:
            raise broken(error) from error
        if not octets:
            raise LineLost(HUNG_UP)
        return octets

    def hang_up(self) -> None:
        """Politely, where nothing is going on. Raises nothing."""
        with suppress(OSError):
            self.sock.send(b"QUIT\r\n")
        self.sock.close()

    def cut(self) -> None:
        """In the middle: what the kernel still holds does not leave any more. Raises nothing."""
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.sock.close()


def broken(error: OSError) -> LineLost:
    """Reset or closed is the same to us; which it is depends on what was still to be read."""
    is_hung_up = isinstance(error, ConnectionError)
    return LineLost(HUNG_UP if is_hung_up else f"the connection broke ({type(error).__name__})")
