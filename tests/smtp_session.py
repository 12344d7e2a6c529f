"""One connection to the sink: the proper answers of RFC 5321, unless a fault strikes."""

from __future__ import annotations

import asyncio
import base64
import re
import socket
import ssl
from typing import TYPE_CHECKING

from tests.smtp_faults import Fault, Faults

if TYPE_CHECKING:
    from tests.smtp_sink import Sink

PATH = re.compile(r"(?:MAIL FROM|RCPT TO):<([^>]*)>(.*)", re.IGNORECASE)
END = b"\r\n.\r\n"


class Cut(Exception):
    """The connection ends here."""


class Session:
    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.sink = sink
        self.reader = reader
        self.writer = writer
        self.number = number
        self.buffer = b""
        self.slow = 0.0
        self.message_count = 0
        self.is_known = False  # has logged in
        self.begin()

    @property
    def faults(self) -> Faults:
        return self.sink.faults

    def begin(self) -> None:
        """A new transaction."""
        self.sender: str | None = None
        self.parameters: list[str] = []
        self.recipients: list[str] = []

    async def talk(self) -> None:
        """Until either side ends it."""
        try:
            await self.suffer(self.faults.strike("connect"))
            await self.answer("banner", "220 sink.example.org ESMTP")
            while True:
                has_waited, line = await self.line()
                await self.command(line.decode("utf-8", "replace"), did_wait=has_waited)
                if self.faults.pipelined == "discarded":
                    self.buffer = b""
        except (Cut, ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.transport.abort()

    async def command(self, line: str, *, did_wait: bool) -> None:
        verb = re.split("[ :]", line.strip(), maxsplit=1)[0].upper()
        if self.faults.pipelined == "refused" and not did_wait:
            await self.say("503 5.5.1 one command at a time")
        elif verb in HANDLERS:
            await HANDLERS[verb](self, line)
        else:
            await self.say("500 5.5.2 what?")

    async def ehlo(self, line: str) -> None:
        offers = list(self.faults.offers)
        if self.sink.context and self.sink.tls == "starttls" and not self.is_encrypted:
            offers.append("STARTTLS")
        if self.faults.user:
            offers.append("AUTH PLAIN")
        lines = ["sink.example.org", *offers]
        proper = "\n".join(f"250-{each}" for each in lines[:-1]) + f"\n250 {lines[-1]}"
        await self.answer("EHLO", proper if offers else "250 sink.example.org", command=line)

    async def helo(self, line: str) -> None:
        await self.answer("HELO", "250 sink.example.org", command=line)

    async def starttls(self, line: str) -> None:
        if await self.answer("STARTTLS", "220 2.0.0 go ahead", command=line) == 220:
            self.buffer = b""
            assert self.sink.context is not None
            await self.writer.start_tls(self.sink.context)

    @property
    def is_encrypted(self) -> bool:
        return self.writer.get_extra_info("ssl_object") is not None

    async def auth(self, line: str) -> None:
        said = base64.b64decode(line.rpartition(" ")[2]).decode().split("\0")[1:]
        self.is_known = said == [self.faults.user, self.faults.password]
        proper = "235 2.7.0 welcome" if self.is_known else "535 5.7.8 wrong user or password"
        await self.answer("AUTH", proper, command=line)

    async def mail(self, line: str) -> None:
        sender, parameters = split_path(line)
        proper = self.reply_to_mail(sender, parameters)
        code = await self.answer("MAIL", proper, command=line)
        if code == 250:
            self.begin()
            self.sender, self.parameters = sender, parameters
        elif code == 421:
            raise Cut

    def reply_to_mail(self, sender: str, parameters: list[str]) -> str:
        faults = self.faults
        most = faults.messages_a_connection
        if most is not None and self.message_count >= most:
            return "421 4.7.0 enough of this connection"
        if faults.user and not self.is_known:
            return "530 5.7.0 log in first"
        if self.sender is not None:
            return "503 5.5.1 one after the other"
        return self.reply_to_parameters(sender, parameters)

    def reply_to_parameters(self, sender: str, parameters: list[str]) -> str:
        keywords = {"BODY=8BITMIME": "8BITMIME", "SMTPUTF8": "SMTPUTF8"}
        for parameter in parameters:
            keyword = keywords.get(parameter, parameter.partition("=")[0])
            if not self.faults.offers_it(keyword):
                return f"555 5.5.4 {parameter} was not offered"
            if keyword == "SIZE" and 0 < self.faults.size_limit < int(parameter.partition("=")[2]):
                return "552 5.3.4 too large"
        if not sender.isascii() and "SMTPUTF8" not in parameters:
            return "553 5.6.7 not ASCII"
        return "250 2.1.0 go on"

    async def rcpt(self, line: str) -> None:
        recipient, _ = split_path(line)
        proper = "250 2.1.5 go on"
        if self.sender is None:
            proper = "503 5.5.1 MAIL first"
        elif not recipient.isascii() and "SMTPUTF8" not in self.parameters:
            proper = "553 5.6.7 not ASCII"
        if await self.answer("RCPT", proper, to=recipient, command=line) == 250:
            self.recipients.append(recipient)

    async def data(self, line: str) -> None:
        proper = "354 go on" if self.recipients else "554 5.5.1 no valid recipients"
        if await self.answer("DATA", proper, to=self.recipient, command=line) == 354:
            content = await self.content()
            await self.take(content)
            self.begin()

    @property
    def recipient(self) -> str:
        return self.recipients[0] if self.recipients else ""

    async def take(self, content: bytes) -> None:
        """A whole message: into the journal, then the reply."""
        proper = "250 2.0.0 taken"
        if not self.recipients:
            proper = "554 5.5.1 no valid recipients"
        elif 0 < self.faults.size_limit < len(content):
            proper = "552 5.3.4 too large"
        fault = self.faults.strike("dot", self.recipient)
        accepted = proper.startswith("2") and not refuses(fault)
        if not accepted:
            self.sink.note(self, content, accepted=False)
            await self.suffer(fault)
            await self.reply(fault, proper)
            return
        await self.suffer(fault)
        self.message_count += 1
        self.sink.note(self, content, accepted=True)
        await self.answer("accepted", proper, to=self.recipient)

    async def rset(self, line: str) -> None:
        if await self.answer("RSET", "250 2.0.0 forgotten", command=line) == 250:
            self.begin()

    async def quit(self, line: str) -> None:
        await self.answer("QUIT", "221 2.0.0 bye", command=line)
        raise Cut

    async def answer(self, at: str, proper: str, to: str = "", command: str = "") -> int:
        """The code that was said."""
        fault = self.faults.strike(at, to, command)
        await self.suffer(fault)
        return await self.reply(fault, proper)

    async def suffer(self, fault: Fault | None) -> None:
        if fault is None:
            return
        await asyncio.sleep(fault.seconds)
        if fault.cut:
            raise Cut
        if fault.hang:
            await asyncio.Event().wait()
        if fault.slow:
            self.slow = fault.slow
            small = self.writer.get_extra_info("socket")
            small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

    async def reply(self, fault: Fault | None, proper: str) -> int:
        if fault and fault.raw:
            self.writer.write(fault.raw.encode())
            await self.writer.drain()
            return int(fault.raw[:3]) if fault.raw[:3].isdigit() else 0
        return await self.say(fault.reply if fault and fault.reply else proper)

    async def say(self, text: str) -> int:
        self.writer.write(text.replace("\n", "\r\n").encode() + b"\r\n")
        await self.writer.drain()
        return int(text[:3])

    async def line(self) -> tuple[bool, bytes]:
        """A command, and whether it was waited for."""
        has_waited = not self.buffer
        while b"\n" not in self.buffer:
            await self.wait_for_more()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return has_waited, line.rstrip(b"\r")

    async def wait_for_more(self) -> None:
        try:
            await asyncio.wait_for(self.read(), self.faults.idle_seconds)
        except TimeoutError:
            await self.say("421 4.4.2 nothing is going on")
            raise Cut from None

    async def content(self) -> bytes:
        """Up to the dot, without the dots that were doubled."""
        await self.suffer(self.faults.strike("body", self.recipient))
        octets = bytearray(b"\r\n" + self.buffer)
        looked_at = 0
        while (end := octets.find(END, looked_at)) < 0:
            looked_at = max(0, len(octets) - len(END))
            self.buffer = b""
            await self.read()
            octets += self.buffer
        self.buffer = bytes(octets[end + len(END) :])
        return bytes(octets[2 : end + 2]).replace(b"\r\n..", b"\r\n.").removeprefix(b".")

    async def read(self) -> None:
        if self.slow:
            await asyncio.sleep(self.slow)
        octets = await self.reader.read(1 if self.slow else 1 << 16)
        if not octets:
            raise Cut
        self.buffer += octets


def split_path(line: str) -> tuple[str, list[str]]:
    found = PATH.fullmatch(line.strip())
    return (found[1], found[2].upper().split()) if found else ("", [])


def refuses(fault: Fault | None) -> bool:
    """Whether a fault at the dot keeps the message from being taken."""
    return fault is not None and (fault.cut or fault.hang or bool(fault.reply or fault.raw))


HANDLERS = {
    "EHLO": Session.ehlo,
    "HELO": Session.helo,
    "STARTTLS": Session.starttls,
    "AUTH": Session.auth,
    "MAIL": Session.mail,
    "RCPT": Session.rcpt,
    "DATA": Session.data,
    "RSET": Session.rset,
    "QUIT": Session.quit,
}
