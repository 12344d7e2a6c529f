"""The stand-in for a provider, as the process that a storm starts."""

import json
import os
import signal
import subprocess
import sys

import pytest

from newsletter.outcome import Outcome
from tests.carrying import Carried, carrier_to, readers


@pytest.fixture
def process(tmp_path):
    """Its URL, its journal, and the file that tells it what to do wrong."""
    journal, faults = tmp_path / "journal", tmp_path / "faults"
    command = [sys.executable, "-m", "tests.http_provider", "--personality", "resend"]
    places = ["--journal", str(journal), "--faults", str(faults)]
    running = subprocess.Popen([*command, *places], stdout=subprocess.PIPE, text=True)
    url = running.stdout.readline().strip().removeprefix("EMAIL_URL=")
    yield url, journal, faults
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    running.stdout.close()


def test_what_it_took_is_in_its_journal_also_where_the_answer_was_lost(settings, process):
    url, journal, faults = process
    people = readers(2)
    carrier = carrier_to(settings, url)
    faults.write_text(json.dumps([{"kind": "reset", "after": True}]))
    lost = Carried(carrier, people)
    faults.write_text("[]")
    os.utime(faults, (1, 1))

    again = Carried(carrier, people)

    assert {result.outcome for result in lost.results.values()} == {Outcome.IN_DOUBT}
    assert {result.outcome for result in again.results.values()} == {Outcome.ACCEPTED}
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [line["address"] for line in lines] == [each.address for each in people]
    assert all(line["accepted"] and line["key"] and line["delivery"] for line in lines)
