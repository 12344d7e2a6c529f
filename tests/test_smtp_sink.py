"""The sink as a process: its journal is the truth, and its faults can be changed while it runs."""

import hashlib
import json
import smtplib
import socket
import subprocess
import sys
import time

import pytest

from tests.ground import free_port
from tests.smtp_faults import Faults

MESSAGE = b"Message-ID: <1@example.org>\r\nSubject: hello\r\n\r\n.one dot\r\n"


@pytest.fixture
def process(tmp_path):
    """Starts a sink with these faults; gives its port."""
    port = free_port()
    (tmp_path / "faults").write_text("{}")
    (tmp_path / "kept").mkdir()
    files = [f"--{name}={tmp_path / name}" for name in ("journal", "faults")]
    command = [sys.executable, "-m", "tests.smtp_sink", f"--port={port}", *files]
    running = subprocess.Popen([*command, f"--keep={tmp_path / 'kept'}"])
    wait_until(lambda: listens(port))
    yield port
    running.kill()
    running.wait()


def wait_until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def send(port, message=MESSAGE):
    with smtplib.SMTP("127.0.0.1", port, "test.example.org", 5) as smtp:
        smtp.sendmail("from@example.org", ["to@example.org"], message, ["body=8bitmime"])


def journal(folder):
    return [json.loads(line) for line in (folder / "journal").read_text().splitlines()]


def test_what_was_taken_stands_in_the_journal_when_its_reply_has_come(process, tmp_path):
    before = time.time()
    send(process)

    (entry,) = journal(tmp_path)
    assert before < entry.pop("at") < time.time()
    assert {entry.pop(name) > 0 for name in ("at_ns", "monotonic_ns", "connection")} == {True}
    assert entry == {
        "recipient": "to@example.org",
        "parameters": [f"SIZE={len(MESSAGE)}", "BODY=8BITMIME"],
        "message_id": "<1@example.org>",
        "sha256": hashlib.sha256(MESSAGE).hexdigest(),
        "size": len(MESSAGE),
        "accepted": True,
    }
    assert [path.read_bytes() for path in (tmp_path / "kept").iterdir()] == [MESSAGE]


def test_faults_change_when_their_file_does(process, tmp_path):
    fault = {"at": "dot", "reply": "451 4.3.0 later"}
    (tmp_path / "faults").write_text(json.dumps({"faults": [fault]}))
    wait_until(lambda: refuses(process))
    (tmp_path / "faults").write_text(json.dumps({"listens": False}))
    wait_until(lambda: not listens(process))
    (tmp_path / "faults").write_text("{}")
    wait_until(lambda: listens(process))
    send(process)

    assert [entry["accepted"] for entry in journal(tmp_path)][-2:] == [False, True]


def refuses(port):
    try:
        send(port)
    except smtplib.SMTPDataError:
        return True
    return False


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        ({"at": "dot", "cut": True}, False),
        ({"at": "accepted", "cut": True}, True),
    ],
)
def test_a_connection_is_cut_before_or_after_the_message_is_taken(process, tmp_path, fault, kept):
    (tmp_path / "faults").write_text(json.dumps({"faults": [fault | {"times": 1}]}))
    time.sleep(0.5)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(process)

    assert [entry["accepted"] for entry in journal(tmp_path)] == [kept]


@pytest.mark.parametrize("found", [{"faults": [{"at": "noon"}]}, {"faults": [{}]}, {"speed": 1}])
def test_what_is_no_fault_is_refused(found):
    with pytest.raises((ValueError, TypeError)):
        Faults.read(found)


def test_a_fault_strikes_after_so_many_and_so_often():
    faults = Faults.read({"faults": [{"at": "RCPT", "to": "a@b.c", "skip": 1, "times": 2}]})

    struck = [faults.strike("RCPT", "a@b.c") is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    assert faults.strike("RCPT", "other@b.c") is None
