"""Models that are slow, busy or away: what waits, and what is given up."""

import time
from decimal import Decimal

import pytest

from papers.models import Receipt, Summary
from papers.summarise import summarise, summarise_papers
from papers.summarise.llm import gate, limits
from tests import model_answers as does
from tests.ground import free_port
from tests.language_model import configured
from tests.model_answers import well
from tests.parcel_map import ONE_TRY, parcel_map, parcel_maps, receipt

pytestmark = pytest.mark.django_db
State, Why = Receipt.State, Summary.WhyExtract


@pytest.fixture
def paper(db):
    return parcel_map()


@pytest.fixture
def papers(db):
    return parcel_maps()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """What would wait for a second waits for a hundredth."""
    monkeypatch.setattr(limits, "FIRST_WAIT", 0.01)


@pytest.mark.parametrize("seconds", [None, 0, 1])
def test_a_provider_that_tells_us_to_wait_is_asked_again_and_costs_nothing_more(
    models, paper, seconds
):
    models.will(does.tells_to_wait(seconds), does.tells_to_wait(seconds), well)

    assert summarise([paper], ["ko"]).by_model == 1

    assert (receipt().try_count, receipt().cost_usd) == (3, ONE_TRY)


def test_nobody_is_asked_before_the_time_that_a_provider_names(models, papers, settings):
    settings.LLM_CONCURRENCY = 1
    arrived = []
    models.will(
        does.tells_to_wait(1), lambda asked: arrived.append(time.monotonic()) or well(asked)
    )

    started_at = time.monotonic()
    summarise(papers[:1], ["ko"])

    assert arrived[0] - started_at >= 1


def test_a_provider_that_wants_an_hour_is_left_to_a_later_run(models, paper):
    models.will(does.tells_to_wait(3600))

    summarise_papers([paper], "ko")

    assert paper.summaries.get().why_extract == Why.UNAVAILABLE
    assert (receipt().state, receipt().try_count) == (State.UNAVAILABLE, 1)
    assert receipt().cost_usd == 0


@pytest.mark.parametrize("status", [503, 529])
def test_a_provider_out_of_order_is_asked_again(models, paper, status):
    models.will(does.fails(status), well)

    assert summarise([paper], ["ko"]).by_model == 1
    assert (receipt().try_count, receipt().cost_usd) == (2, ONE_TRY)


@pytest.mark.parametrize("status", [408, 500, 502, 504, 524])
def test_what_a_gateway_gave_up_is_counted_as_paid_and_tried_once_more(models, paper, status):
    models.will(does.fails(status))

    summarise([paper], ["ko"])

    assert receipt().try_count == limits.PAID_TRIES
    assert receipt().cost_usd > Decimal("0.03")


def test_a_model_that_always_tells_to_wait_gives_way_to_the_second(models, papers, settings):
    settings.LLM_MODELS = [configured(models.url, "first"), configured(models.url, "second")]
    settings.LLM_CONCURRENCY = 1
    wait = does.tells_to_wait(0)
    models.will(lambda asked: (wait if asked.body["model"] == "first" else well)(asked))

    assert summarise(papers, ["ko"]).by_model == 6

    first = [asked for asked in models.asked if asked.body["model"] == "first"]
    assert len(first) == gate.SILENT * limits.FREE_TRIES


def test_a_quota_that_is_used_up_shuts_the_model_at_once(models, papers, settings):
    settings.LLM_CONCURRENCY = 1
    error = {"message": "You exceeded your quota", "code": "insufficient_quota"}
    models.will(lambda asked: does.as_json({"error": error}, 429))

    summarise(papers, ["ko"])

    assert len(models.asked) == 1


def test_a_model_that_takes_more_tokens_than_it_may_is_paid_and_shut(models, papers, settings):
    settings.LLM_CONCURRENCY = 1
    usage = {"prompt_tokens": 1000, "completion_tokens": 50_000, "total_tokens": 51_000}
    models.will(does.lies_about_tokens(usage))

    told = summarise(papers, ["ko"])

    assert (told.by_model, len(models.asked)) == (1, 1)
    assert told.cost_usd == Decimal("0.101")


def test_one_text_that_a_provider_forbids_shuts_no_other_out(models, papers, settings):
    settings.LLM_CONCURRENCY = 1
    forbidden = does.fails(403)
    models.will(lambda asked: (forbidden if asked.title.endswith("11") else well)(asked))

    assert summarise(papers, ["ko"]).by_model == 5
    assert receipts_in(State.REFUSED) == 1


def receipts_in(state):
    return Receipt.objects.filter(state=state).count()


def test_what_nobody_answered_in_time_is_counted_as_paid(models, paper, settings):
    settings.LLM_SECONDS = 1
    models.will(models.hang, well)

    assert summarise([paper], ["ko"]).by_model == 1

    assert receipt().try_count == 2
    assert receipt().cost_usd > Decimal("0.016")


@pytest.mark.parametrize("behaviour", ["hang", "close"])
def test_a_model_that_never_answers_ends_as_an_extract(models, paper, settings, behaviour):
    settings.LLM_SECONDS = 1
    models.will(models.hang if behaviour == "hang" else does.closes_the_connection)

    summarise_papers([paper], "ko")

    summary = paper.summaries.get()
    assert (summary.writer, summary.why_extract) == (Summary.Writer.EXTRACT, Why.UNAVAILABLE)
    assert (receipt().state, receipt().try_count) == (State.UNAVAILABLE, 2)


def test_a_run_ends_when_its_time_is_up_and_the_rest_are_extracts(models, papers, settings):
    settings.LLM_SECONDS = 60
    settings.LLM_CONCURRENCY = 2
    models.will(models.hang)

    told = summarise(papers, ["ko"], seconds=5)

    assert told.extracts == {Why.LATE: 6}
    assert set(Receipt.objects.values_list("state", flat=True)) == {State.UNAVAILABLE}
    assert len(models.asked) == 2


def test_what_was_late_is_written_by_the_next_run(models, papers):
    summarise(papers, ["ko"], seconds=0)
    assert models.asked == []

    told = summarise(papers, ["ko"])

    assert told.by_model == 6
    assert set(Summary.objects.values_list("writer", flat=True)) == {Summary.Writer.MODEL}


def test_a_provider_nobody_reaches_is_given_up_and_costs_nothing(settings, models, papers):
    settings.LLM_MODELS = [configured(f"http://127.0.0.1:{free_port()}/v1")]
    settings.LLM_CONCURRENCY = 1

    summarise(papers, ["ko"])

    tries = sum(Receipt.objects.values_list("try_count", flat=True))
    assert tries == gate.SILENT
    assert not Receipt.objects.filter(cost_usd__gt=0).exists()
    assert Summary.objects.filter(why_extract=Why.UNAVAILABLE).count() == 6


def test_a_key_that_is_refused_is_not_tried_for_every_paper(models, papers, settings):
    settings.LLM_CONCURRENCY = 1
    models.will(does.fails(401))

    summarise(papers, ["ko"])

    assert len(models.asked) == 1


def test_the_key_stands_in_no_receipt(models, paper, settings):
    settings.LLM_MODELS = [configured(models.url, api_key="sk-very-secret")]
    models.will(lambda asked: does.as_json({"error": {"message": "bad key sk-very-secret"}}, 401))

    summarise_papers([paper], "ko")

    assert models.asked[0].headers["Authorization"] == "Bearer sk-very-secret"
    assert receipt().problem
    assert "sk-very-secret" not in receipt().problem


def test_no_more_are_asked_at_once_than_is_set(models, papers, settings):
    settings.LLM_CONCURRENCY = 2
    models.latency = 0.1

    summarise(papers, ["ko"])

    assert models.most_at_once == 2
    assert len(models.asked) == 6


def test_requests_keep_the_pace(models, papers, settings):
    settings.LLM_PACE = 600  # a minute: one in a tenth of a second
    arrivals = []
    models.will(lambda asked: arrivals.append(time.monotonic()) or well(asked))

    summarise(papers, ["ko"])

    assert max(arrivals) - min(arrivals) >= 0.4
