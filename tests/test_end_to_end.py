"""The line with nothing pretended: PostgreSQL, Redis, worker, beat, HTTP, SMTP, and the clock."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from newsletter.models import Delivery, Edition
from tests import smtp_relay
from tests.celery_processes import BEAT, WORKER, Processes
from tests.stand_ins import serve_arxiv, serve_hugging_face

TICK = 60  # seconds between two looks of the clock
TO_BUILD = timedelta(seconds=20)
TO_SEND = timedelta(seconds=20 + TICK)

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="a worker and a beat share a real server"
    ),
]


@pytest.fixture
def relay():
    relay, controller = smtp_relay.start()
    yield relay
    controller.stop()


@pytest.fixture
def processes(process_environment, httpserver, shared_data, relay):
    environment = process_environment | {
        "HF_API_URL": serve_hugging_face(httpserver, shared_data / "hf_api", any_day=True),
        "ARXIV_API_URL": serve_arxiv(httpserver, shared_data / "arxiv"),
        "EMAIL_URL": relay.url,
    }
    processes = Processes(environment)
    yield processes
    processes.kill()


@pytest.fixture
def due_soon(daily_papers):
    """The newsletter's build and send times are just ahead, at noon of some time zone."""
    now = datetime.now(UTC)
    offset = now.hour - 12  # Etc/GMT+5 is five hours behind: its sign is turned round
    local = now - timedelta(hours=offset)
    daily_papers.time_zone = f"Etc/GMT{offset:+d}"
    daily_papers.weekdays = [1, 2, 3, 4, 5, 6, 7]
    daily_papers.build_time = (local + TO_BUILD).time()
    daily_papers.send_time = (local + TO_SEND).time()
    daily_papers.save()
    return daily_papers


def wait_until(condition, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.5)


def state() -> str | None:
    return Edition.objects.values_list("state", flat=True).first()


@pytest.mark.usefixtures("alice", "emma", "bob", "carol")
def test_the_clock_builds_and_sends_one_mail_a_reader_through_kills_of_worker_and_beat(
    due_soon, relay, processes
):
    processes.start(WORKER, BEAT)
    wait_until(lambda: state() == Edition.State.DRAFT, seconds=3 * TICK)
    processes.kill()
    processes.start(WORKER, BEAT)
    wait_until(lambda: state() == Edition.State.DONE, seconds=4 * TICK)
    processes.kill()
    processes.start(WORKER, BEAT)
    call_command("tick")  # one more look of the clock, at an edition that is done
    time.sleep(10)

    assert Counter(relay.recipients) == {"alice@example.org": 1, "emma@example.org": 1}
    assert Delivery.objects.filter(state=Delivery.State.ACCEPTED).count() == 2
    edition = Edition.objects.get()
    assert edition.date == due_soon.due_day(edition.done_at)
    titles = [entry.paper.title for entry in edition.printed_entries()]
    for message in relay.messages():
        text = " ".join(message.get_body(["plain"]).get_content().split())
        assert all(" ".join(title.split()) in text for title in titles)
