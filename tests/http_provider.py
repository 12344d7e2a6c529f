"""A mail provider's API on this machine: it speaks the real protocol, and can misbehave.

In a test: `with HttpProvider("resend") as provider`, whose `email_url` leads to it, `copies` are
the mails it took, and `faults` what it is to do wrong. As a process of its own, until it is ended:

    python -m tests.http_provider --personality resend --port 8025 --journal FILE --faults FILE

A line is in the journal, and on the disk, before an answer leaves. The file of faults is JSON, read
again when it has changed: a list of faults as `Fault` has them.

An address that begins with "refused" is one that the provider will not take; "WRONG" is no key.
"""

import argparse
import contextlib
import hashlib
import json
import os
import signal
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from tests.dialects import DIALECTS, Call, Copy, Refusal
from tests.dialects.faults import Fault, distorted, moment

KEYS_LAST = {"resend": timedelta(hours=24), "brevo": timedelta(minutes=30)}
URLS = {
    "mailgun": "mailgun://{key}?sender_domain=paperboy.example&api_url={root}/v3",
    "mailjet": "mailjet://{key}:SECRET?api_url={root}/v3.1",
    "mailtrap": "mailtrap://{key}?api_url={root}/api",
    "ses": "ses://{key}:SECRET@eu-west-1?api_url={root}",
    "sparkpost": "sparkpost://{key}?api_url={root}/api/v1",
    "brevo": "brevo://{key}?api_url={root}/v3",
    "sendgrid": "sendgrid://{key}?api_url={root}/v3",
}


@dataclass
class Wire:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpProvider:
    personality: str
    port: int = 0
    journal: Path | None = None
    faults_file: Path | None = None
    faults: list[Fault] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    requests: list[Wire] = field(default_factory=list)
    keeps: bool = True  # copies and requests; a storm reads the journal, and has no room for them

    def __post_init__(self) -> None:
        self.dialect = DIALECTS[self.personality]
        self.lock = threading.Lock()
        self.answers: dict[str, tuple[float, str, tuple[int, object]]] = {}  # by key
        self.mailed: set[tuple[str, str]] = set()  # campaign and address
        self.call_count = 0
        self.struck: dict[Fault, int] = {}
        self.faults_read_at = 0.0

    def __enter__(self) -> "HttpProvider":
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.server.provider = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def email_url(self, key: str = "KEY") -> str:
        known = URLS.get(self.personality, f"{self.personality}://{{key}}?api_url={{root}}")
        return known.format(key=key, root=self.root)

    def fault(self) -> Fault | None:
        """What goes wrong with the next call."""
        if self.faults_file and self.faults_file.exists():
            changed_at = self.faults_file.stat().st_mtime
            if changed_at != self.faults_read_at:
                self.faults = [Fault(**each) for each in json.loads(self.faults_file.read_text())]
                self.faults_read_at = changed_at
        with self.lock:
            self.call_count += 1
            for fault in self.faults:
                if fault.strikes(self.call_count, self.struck.get(fault, 0)):
                    self.struck[fault] = self.struck.get(fault, 0) + 1
                    return fault
        return None

    def take(self, wire: Wire, fault: Fault | None) -> tuple[int, object]:
        """Take a call as the provider does, and word the answer."""
        if any("WRONG" in value for value in wire.headers.values()) or is_wrong(wire.headers):
            return 401, self.dialect.error(401)
        try:
            call = self.dialect.read(wire.path, wire.headers, wire.body)
        except Refusal as refusal:
            return refusal.args
        with self.lock:
            if answer := self.known_answer(call, wire.body):
                return answer
            answer = self.answer_to(call, fault)
            if call.key and answer[0] < 300:
                self.answers[call.key] = (time.time(), digest(wire.body), answer)
            return answer

    def known_answer(self, call: Call, body: bytes) -> tuple[int, object] | None:
        lasts = KEYS_LAST.get(self.personality)
        if not call.key or lasts is None or call.key not in self.answers:
            return None
        at, body_digest, answer = self.answers[call.key]
        if time.time() - at > lasts.total_seconds():
            return None
        if self.personality == "brevo":
            said = "Email for the idempotency key has already been processed"
            return 400, {"code": "duplicate_parameter", "message": said}
        if body_digest != digest(body):
            return 409, {"statusCode": 409, "name": "invalid_idempotent_request"}
        return answer

    def answer_to(self, call: Call, fault: Fault | None) -> tuple[int, object]:
        refused = {id(copy) for copy in call.copies if copy.is_refused}
        if fault and fault.kind == "refuse_some":
            refused |= {id(copy) for copy in call.copies[2::3]}
        if refused and (self.dialect.batch_refuses_all or not call.is_batch):
            return self.dialect.refusal()
        items = [(copy, "" if id(copy) in refused else uuid4().hex) for copy in call.copies]
        self.note([copy for copy, name in items if name], call)
        status, said = self.dialect.answer(call, distorted(items, fault))
        return status, said

    def note(self, copies: list[Copy], call: Call) -> None:
        """Accept: from here on the mails will arrive."""
        new = [copy for copy in copies if (call.campaign, copy.address) not in self.mailed]
        if call.campaign:
            self.mailed |= {(call.campaign, copy.address) for copy in new}
        if self.keeps:
            self.copies += new
        if self.journal:
            lines = [json.dumps(line_of(copy, call)) + "\n" for copy in new]
            with self.journal.open("a") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())


def line_of(copy: Copy, call: Call) -> dict[str, object]:
    return {
        "at": time.time(),
        "address": copy.address,
        "message_id": copy.header("Message-ID"),
        "delivery": copy.metadata.get("delivery", ""),
        "key": call.key or call.campaign,
        "accepted": True,
    }


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def is_wrong(headers: dict[str, str]) -> bool:
    """A login of the key WRONG (RFC 7617)."""
    return any(login in headers.get("Authorization", "") for login in ("V1JPTkc6", "YXBpOldST05H"))


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    provider: HttpProvider


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            if self.connection.recv(1, socket.MSG_PEEK) == b"\x16":  # TLS, which is not spoken here
                self.reset()
            else:
                super().handle()

    def do_POST(self) -> None:
        provider = self.server.provider
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wire = Wire(self.path, dict(self.headers), body)
        if provider.keeps:
            provider.requests.append(wire)
        fault = provider.fault()
        if fault and not fault.after and self.is_struck(fault):
            return
        status, said = provider.take(wire, fault)
        if fault and fault.after and self.is_struck(fault):
            return
        self.reply(status, said, fault)

    def is_struck(self, fault: Fault) -> bool:
        """Whether the fault leaves no other answer."""
        if fault.kind == "stall":
            time.sleep(fault.seconds)
        if fault.kind == "reset":
            self.reset()
        if fault.kind == "status":
            self.reply(fault.status, self.server.provider.dialect.error(fault.status), fault)
        return fault.kind in ("reset", "status")

    def reply(self, status: int, said: object, fault: Fault | None) -> None:
        body = b"" if said is None else json.dumps(said).encode()
        kind = fault.kind if fault else ""
        if kind in ("bad_json", "page"):
            body = b'{"id":' if kind == "bad_json" else b"<h1>Log in to the guests' network</h1>"
        self.send_response(status)
        is_page = kind == "page"
        self.send_header("Content-Type", "text/html" if is_page else "application/json")
        self.send_header("Content-Length", str(len(body) or 100 * (kind == "cut")))
        if fault and fault.retry_after:
            self.send_header("Retry-After", moment(fault.retry_after))
        if fault and fault.error:
            self.send_header("x-amzn-ErrorType", fault.error)
        self.end_headers()
        if kind == "cut":
            body = body[: len(body) // 2]
        if kind == "trickle":
            for octet in body:
                self.wfile.write(bytes([octet]))
                time.sleep(fault.seconds)
        else:
            self.wfile.write(body)
        self.close_connection = self.close_connection or kind == "cut"

    def reset(self) -> None:
        """The line goes dead without a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise ConnectionResetError

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: what matters stands in the journal."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--personality", choices=sorted(DIALECTS), required=True)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--journal", type=Path, help="where a line is written for each mail taken")
    parser.add_argument("--faults", type=Path, help="JSON: what to do wrong; read when it changes")
    options = parser.parse_args()
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before there are threads to be hit by one
    provider = HttpProvider(options.personality, options.port, options.journal, options.faults)
    provider.keeps = False
    with provider:
        print(f"EMAIL_URL={provider.email_url()}", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
