"""A real SMTP relay on this machine that keeps what it accepts, and refuses as told."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session

from tests.ground import free_port

OK = "250 2.0.0 taken"
CLOSED = 0.05  # seconds: a few turns of its loop


@dataclass
class Relay:
    """What it took, in order, as (address, bytes); and its replies where they are not yes.

    A reply to the message may be None: it takes the message and hangs up without a word. With
    `messages_a_call` it hangs up after so many, as a busy relay does.
    """

    port: int
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    replies_to_recipient: dict[str, str] = field(default_factory=dict)
    replies_to_message: dict[str, str | None] = field(default_factory=dict)
    messages_a_call: int | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [address for address, _ in self.taken]

    def messages(self) -> list[Message]:
        return [message_from_bytes(content, policy=SMTP) for _, content in self.taken]

    async def handle_MAIL(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        session.message_count = getattr(session, "message_count", 0) + 1
        if self.messages_a_call and session.message_count > self.messages_a_call:
            server.transport.abort()
        envelope.mail_from = address
        self.senders.append(address)
        return OK

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        reply = self.replies_to_recipient.get(address, OK)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str | None:
        (address,) = envelope.rcpt_tos
        reply = self.replies_to_message.get(address, OK)
        if reply is None or reply.startswith("250"):
            self.taken.append((address, envelope.original_content))
        if reply is None:
            server.transport.abort()
        return reply


class Doors(Controller):
    """Every connection is closed when it stops: aiosmtpd's own ends its loop before that."""

    def __init__(self, handler: object, port: int, **options: object) -> None:
        self.sessions: list[Server] = []
        super().__init__(handler, hostname="127.0.0.1", port=port, **options)

    def factory(self) -> Server:
        self.sessions.append(super().factory())
        return self.sessions[-1]

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        self.server.close()
        for session in self.sessions:
            if session.transport:
                session.transport.abort()
        self.loop.call_later(CLOSED, super().cancel_tasks, stop_loop)


def start(port: int | None = None) -> tuple[Relay, Doors]:
    relay = Relay(port or free_port())
    doors = Doors(relay, relay.port)
    doors.start()
    return relay, doors
