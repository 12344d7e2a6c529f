"""An SMTP server that keeps a journal of what it takes, and misbehaves as told.

    python -m tests.smtp_sink --port 2525 --journal FILE [--faults JSON|FILE] [--keep FOLDER]
                              [--certificate PEM [--tls implicit]]

A line of the journal, one JSON object a message, is on the disk before the message is answered,
so it is the truth. Faults are those of tests/smtp_faults.py; a file of them is read again
whenever it changes. Tests have a sink in a thread of their own process.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import ssl
import sys
import threading
import time
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import BinaryIO

from tests.smtp_faults import Fault, Faults
from tests.smtp_session import Session

TICK = 0.05  # seconds between two looks at whether the faults have changed


@dataclass
class Sink:
    """With `journal`, messages are noted there; with `keep`, they are kept in that folder."""

    port: int = 0  # any that is free
    faults: Faults = field(default_factory=Faults)
    journal: BinaryIO | None = None
    keep: Path | None = None
    context: ssl.SSLContext | None = None
    tls: str = "starttls"  # or "implicit"
    remembers: bool = True  # what follows; a storm has no room for it
    entries: list[dict] = field(default_factory=list)  # as in the journal
    contents: list[bytes] = field(default_factory=list)  # of those accepted
    connection_count: int = 0
    sessions: dict[asyncio.Task, asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def recipients(self) -> list[str]:
        return [entry["recipient"] for entry in self.entries if entry["accepted"]]

    def add(self, at: str, **fault: object) -> None:
        """One more fault, from now on."""
        self.faults.faults.append(Fault(at, **fault))

    def note(self, session: Session, content: bytes, *, accepted: bool) -> None:
        """What came, on the disk before anybody is told of it."""
        entry = {
            "at": time.time(),
            "at_ns": time.time_ns(),
            "monotonic_ns": time.monotonic_ns(),
            "connection": session.number,
            "recipient": session.recipient,
            "parameters": session.parameters,
            "message_id": message_id(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "accepted": accepted,
        }
        if self.journal is not None:
            self.journal.write(json.dumps(entry).encode() + b"\n")
            self.journal.flush()
            os.fsync(self.journal.fileno())
        if self.keep is not None and accepted:
            (self.keep / f"{entry['at_ns']}-{session.number}.eml").write_bytes(content)
        if self.remembers:
            self.entries.append(entry)
        if self.remembers and accepted:
            self.contents.append(content)

    async def serve(self) -> None:
        """Until cancelled. Opens and shuts its door as the faults say."""
        door = None
        try:
            while True:
                if self.faults.listens and door is None:
                    door = await self.listen()
                elif door is not None and not self.faults.listens:
                    await shut(door)
                    door = None
                await asyncio.sleep(TICK)
        finally:
            if door is not None:
                await shut(door)
            for task, writer in self.sessions.items():
                writer.transport.abort()
                task.cancel()
            await asyncio.gather(*self.sessions, return_exceptions=True)
            await asyncio.sleep(0)  # for the loop to close what was aborted

    async def listen(self) -> asyncio.Server:
        door = await asyncio.start_server(
            self.receive,
            "127.0.0.1",
            self.port,
            ssl=self.context if self.tls == "implicit" else None,
            backlog=1000,
        )
        self.port = door.sockets[0].getsockname()[1]
        return door

    def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connection_count += 1
        session = Session(self, reader, writer, self.connection_count)
        task = asyncio.create_task(session.talk())
        self.sessions[task] = writer
        task.add_done_callback(self.sessions.pop)


async def shut(door: asyncio.Server) -> None:
    """Let nobody else in; who is coming in just now would fall over a closed door."""
    for listening in door.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    for _ in range(5):  # turns of the loop, from accepting to `receive`
        await asyncio.sleep(0)
    door.close()


def message_id(content: bytes) -> str:
    head = content.partition(b"\r\n\r\n")[0]
    return str(BytesHeaderParser().parsebytes(head)["Message-ID"] or "")


class SinkThread:
    """A sink in this process: `with SinkThread(Sink()) as sink:`."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        self.task = self.loop.create_task(self.sink.serve())
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            pass
        finally:
            self.loop.close()

    def __enter__(self) -> Sink:
        self.thread.start()
        while not self.sink.port or not hasattr(self, "task"):
            time.sleep(0.001)
        return self.sink

    def __exit__(self, *error: object) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(10)


async def watch(sink: Sink, path: Path) -> None:
    """Read the faults again whenever their file changes; what cannot be read changes nothing."""
    read_at = path.stat().st_mtime_ns
    while True:
        await asyncio.sleep(TICK)
        changed_at = path.stat().st_mtime_ns
        if changed_at != read_at:
            read_at = changed_at
            try:
                sink.faults = Faults.read(json.loads(path.read_text()))
            except (ValueError, TypeError) as error:
                print(f"{path}: {error}", file=sys.stderr, flush=True)


async def serve(sink: Sink, faults_file: Path | None) -> None:
    tasks = [sink.serve()] + ([watch(sink, faults_file)] if faults_file else [])
    await asyncio.gather(*tasks)


def server_context(certificate: Path) -> ssl.SSLContext:
    """A certificate and its key, in one file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--faults", default="{}", help="JSON, or the file that has it")
    parser.add_argument("--keep", type=Path, help="the folder where messages are kept")
    parser.add_argument("--certificate", type=Path, help="of the server, with its key")
    parser.add_argument("--tls", choices=["starttls", "implicit"], default="starttls")
    asked = parser.parse_args()
    faults_file = None if asked.faults.lstrip().startswith("{") else Path(asked.faults)
    text = faults_file.read_text() if faults_file else asked.faults
    with asked.journal.open("ab") as journal:
        sink = Sink(
            asked.port,
            Faults.read(json.loads(text)),
            journal,
            asked.keep,
            server_context(asked.certificate) if asked.certificate else None,
            asked.tls,
            remembers=False,
        )
        asyncio.run(serve(sink, faults_file))


if __name__ == "__main__":
    main()
