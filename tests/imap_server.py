"""An IMAP server with one folder (RFC 3501), as far as a mailbox for bounces needs one."""

import re
import socketserver
import threading
from contextlib import contextmanager

FETCH = re.compile(r"UID FETCH (\d+) \(BODY.PEEK\[\]<0.(\d+)>\)")


class Folder:
    def __init__(self, *mails: bytes) -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.flags: dict[int, set[str]] = {key: set() for key in self.mails}
        self.password, self.name = "secret", "INBOX"
        self.port = 0

    def url(self, **changed) -> str:
        told = {"password": self.password, "folder": "INBOX"} | changed
        return f"imap://bounces:{told['password']}@127.0.0.1:{self.port}/{told['folder']}"

    def unseen(self) -> list[int]:
        return [key for key in self.mails if not self.flags[key] & {"\\Seen", "\\Deleted"}]

    def expunge(self) -> None:
        for key, flags in self.flags.items():
            if "\\Deleted" in flags:
                self.mails.pop(key, None)


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            self.say(f"{tag} {self.answer(command)}")
            if command == "LOGOUT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def answer(self, command: str) -> str:
        folder = self.server.folder
        match command.split():
            case ["CAPABILITY"]:
                self.say("* CAPABILITY IMAP4rev1")
            case ["LOGIN", _, password] if password.strip('"') != folder.password:
                return "NO [AUTHENTICATIONFAILED] wrong password"
            case ["SELECT", name]:
                if name.strip('"') != folder.name:
                    return "NO [NONEXISTENT] there is no such folder"
                self.say(f"* {len(folder.mails)} EXISTS")
            case ["UID", *_]:
                self.answer_uid(folder, command)
            case ["EXPUNGE"]:
                folder.expunge()
            case ["LOGOUT"]:
                self.say("* BYE")
        return "OK done"

    def answer_uid(self, folder: Folder, command: str) -> None:
        match command.split():
            case [_, "SEARCH", "UNSEEN", "UNDELETED"]:
                self.say(" ".join(["* SEARCH", *map(str, folder.unseen())]))
            case [_, "FETCH", *_]:
                self.fetch(*map(int, FETCH.fullmatch(command).groups()))
            case [_, "STORE", key, "+FLAGS.SILENT", flag]:
                folder.flags[int(key)].add(flag.strip("()"))

    def fetch(self, key: int, most: int) -> None:
        octets = self.server.folder.mails.get(key)
        if octets is None:
            return
        octets = octets[:most]
        self.say(f"* 1 FETCH (UID {key} BODY[]<0> {{{len(octets)}}}")
        self.wfile.write(octets + b")\r\n")


@contextmanager
def serving(folder: Folder):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dialogue) as server:
        server.daemon_threads = True
        server.folder, folder.port = folder, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()
