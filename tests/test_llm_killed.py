"""A worker that is killed while models write: nothing is paid twice, or half written."""

import signal
import subprocess
import sys
import time

import pytest

from papers.models import Paper, Receipt, Summary
from papers.summarise import summarise
from tests.factories import make_paper
from tests.parcel_map import ABSTRACT

PAPERS = 6
LINES = (
    "import django; django.setup();"
    "from papers.models import Paper; from papers.summarise import summarise;"
    "summarise(Paper.objects.all(), ['ko'])"
)


@pytest.mark.processes
def test_after_a_kill_the_rest_is_written_and_only_that_is_paid_for(
    transactional_db, models, process_environment
):
    for number in range(11, 11 + PAPERS):
        make_paper(title=f"ParcelMap {number}", abstract=f"{ABSTRACT} It ran {number} times.")
    models.latency = 0.2
    environment = process_environment | {
        "LLM_MODEL": "stand-in",
        "LLM_BASE_URL": models.url,
        "LLM_PRICE": "1,2",
        "LLM_CONCURRENCY": "1",
        "LLM_SECONDS": "5",
        "DJANGO_SETTINGS_MODULE": "newsletter.settings",
    }

    with subprocess.Popen([sys.executable, "-c", LINES], env=environment) as worker:
        while Summary.objects.count() < 2 and worker.poll() is None:
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
    written = set(Receipt.objects.filter(state=Receipt.State.WRITTEN).values_list("pk", flat=True))
    Receipt.objects.filter(state=Receipt.State.ASKED).update(asked_at="2024-07-03T00:00Z")
    before = when_quiet(models)
    told = summarise(Paper.objects.all(), ["ko"])

    assert 2 <= len(written) < PAPERS
    assert Summary.objects.filter(writer=Summary.Writer.MODEL).count() == PAPERS
    assert len(models.asked) - before == PAPERS - len(written)
    assert Summary.objects.filter(receipt__in=written).count() == len(written)
    assert told.extracts == {}


def when_quiet(models):
    """How often it was asked, once nothing that was on its way at the kill arrives any more."""
    before = -1
    while before != len(models.asked) or models.at_once:
        before = len(models.asked)
        time.sleep(2 * models.latency)
    return before


@pytest.mark.django_db
def test_a_summary_that_was_lost_between_its_answer_and_its_row_is_not_paid_for_again(models):
    paper = make_paper(title="ParcelMap", abstract=ABSTRACT)
    summarise([paper], ["ko"])
    Summary.objects.all().delete()

    assert summarise([paper], ["ko"]).from_before == 1
    assert len(models.asked) == 1
