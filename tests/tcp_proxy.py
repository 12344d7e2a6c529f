"""A TCP proxy on the loopback that makes the network bad: late, slow, cut, or dead and silent."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

CHUNK = 65_536  # bytes
NO_LINGER = struct.pack("ii", 1, 0)  # closing with this resets the connection

Wire = tuple[socket.socket, socket.socket]  # from, to


@dataclass
class Proxy:
    """Leads whoever connects to `target`. All else may be changed at any time, and counts at once.

    `latency` is in seconds, each way. `bandwidth` is in bytes a second, each way of a connection.
    A half-open proxy takes what it is given and passes nothing on, as a network does when the other
    machine is gone and nobody says so. A closed door hangs up on whoever connects.
    """

    target: tuple[str, int]
    latency: float = 0
    bandwidth: float | None = None
    is_half_open: bool = False
    is_closed: bool = False
    wires: set[Wire] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def cut(self) -> int:
        """Reset every connection; how many there were."""
        ends = {end for wire in list(self.wires) for end in wire}
        self.wires.clear()
        for end in ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                end.shutdown(socket.SHUT_RD)  # wakes its pump, which closes it
        return len(ends) // 2

    def close(self) -> None:
        self.listener.close()
        self.cut()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed
                return
            self.join(client)

    def join(self, client: socket.socket) -> None:
        if self.is_closed:
            client.close()
            return
        try:
            server = socket.create_connection(self.target, timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        wires = [(client, server), (server, client)]
        self.wires.update(wires)
        for wire in wires:
            wire[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for wire in wires:
            threading.Thread(target=self.pump, args=[wire], daemon=True).start()

    def pump(self, wire: Wire) -> None:
        giver, taker = wire
        with suppress(OSError):
            while content := giver.recv(CHUNK):
                self.pass_on(content, taker)
        self.hang_up(wire)

    def pass_on(self, content: bytes, taker: socket.socket) -> None:
        if self.latency:
            time.sleep(self.latency)
        if self.bandwidth:
            time.sleep(len(content) / self.bandwidth)
        if not self.is_half_open:
            taker.sendall(content)

    def hang_up(self, wire: Wire) -> None:
        """The giver is done: tell the taker. The second of the two ways closes both ends."""
        giver, taker = wire
        if self.is_half_open:
            return
        was_cut = wire not in self.wires
        self.wires.discard(wire)
        if not was_cut:
            with suppress(OSError):
                taker.shutdown(socket.SHUT_WR)
        if was_cut or (taker, giver) not in self.wires:
            giver.close()
            taker.close()
