"""What language models may cost in a day, and who may ask while another does."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone

from papers.models import Receipt, Summary
from papers.summarise import summarise
from papers.summarise.llm.configured import LanguageModel
from papers.summarise.llm.receipts import Busy, Spent, take
from papers.summarise.source import source_text
from papers.summarise.writer import Work
from tests.factories import make_paper
from tests.language_model import configured
from tests.parcel_map import ABSTRACT, ONE_TRY, parcel_map, parcel_maps, receipt

pytestmark = pytest.mark.django_db
State, Why = Receipt.State, Summary.WhyExtract


@pytest.fixture
def paper(db):
    return parcel_map()


@pytest.fixture
def papers(db):
    return parcel_maps()


def test_a_spent_budget_leaves_extracts_that_say_so(models, papers, settings):
    settings.LLM_CONCURRENCY = 1
    settings.LLM_BUDGET = Decimal("0.06")  # one may cost 0.058 at most, and costs 0.0016

    told = summarise(papers, ["ko"])

    assert told.by_model == 2
    assert told.extracts == {Why.BUDGET: 4}
    assert told.cost_usd == 2 * ONE_TRY


def test_a_new_day_has_a_new_budget(models, papers, settings):
    settings.LLM_BUDGET = Decimal("0.06")
    summarise(papers, ["ko"])
    Receipt.objects.update(asked_at=timezone.now() - timedelta(days=1))

    told = summarise(papers, ["ko"])

    assert told.by_model == 2
    assert Summary.objects.filter(why_extract=Why.BUDGET).count() == 2


def test_without_a_budget_only_a_model_that_costs_nothing_is_asked(models, paper, settings):
    settings.LLM_BUDGET = Decimal(0)
    settings.LLM_MODELS = [
        configured(models.url, "dear"),
        configured(models.url, "free", price=(Decimal(0), Decimal(0))),
    ]

    summarise([paper], ["ko"])

    assert [asked.body["model"] for asked in models.asked] == ["free"]
    assert receipt().cost_usd == 0


def test_a_model_whose_price_nobody_knows_is_not_asked(models, paper, settings):
    settings.LLM_MODELS = [configured(models.url, price=None)]

    summarise([paper], ["ko"])

    assert models.asked == []
    assert paper.summaries.get().why_extract == Why.UNAVAILABLE


MODEL = LanguageModel("openai", "stand-in")


def work_on(paper):
    return Work(paper, source_text(paper), "ko")


def test_who_was_killed_asking_counts_until_the_day_ends(papers, settings):
    settings.LLM_BUDGET = Decimal(1)
    take(work_on(papers[0]), MODEL, Decimal("0.6"), 60)

    with pytest.raises(Busy):
        take(work_on(papers[1]), MODEL, Decimal("0.6"), 60)
    Receipt.objects.update(asked_at=timezone.now() - timedelta(seconds=61))
    with pytest.raises(Spent):
        take(work_on(papers[1]), MODEL, Decimal("0.6"), 60)


def test_the_same_is_not_asked_twice_at_once(paper):
    take(work_on(paper), MODEL, Decimal("0.1"), 60)

    with pytest.raises(Busy):
        take(work_on(paper), MODEL, Decimal("0.1"), 60)


def test_what_a_killed_worker_asked_is_asked_again_later(paper):
    take(work_on(paper), MODEL, Decimal("0.1"), 60)
    Receipt.objects.update(asked_at=timezone.now() - timedelta(seconds=61))

    assert take(work_on(paper), MODEL, Decimal("0.1"), 60).state == State.ASKED
    assert Receipt.objects.count() == 2


def test_two_workers_at_once_do_not_overspend(transactional_db, settings):
    settings.LLM_BUDGET = Decimal(1)
    papers = [make_paper(abstract=f"{ABSTRACT} {number}") for number in range(8)]
    taken, start = [], threading.Barrier(8)

    def take_one(paper):
        start.wait()
        try:
            taken.append(take(work_on(paper), MODEL, Decimal("0.3"), 60))
        except (Busy, Spent):
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_one, args=[paper]) for paper in papers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 3
