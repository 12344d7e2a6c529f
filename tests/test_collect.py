import pytest

from newsletter.collect import Collected, collect_papers
from papers.models import Summary
from tests.factories import DAY, make_listing, make_paper
from tests.stand_ins import serve_arxiv, serve_hugging_face

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources(settings, httpserver, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")


@pytest.mark.usefixtures("sources")
def test_a_days_papers_are_fetched_and_summarised_in_every_language(daily_papers):
    assert collect_papers(daily_papers, DAY) == Collected(11, 22, [])
    assert collect_papers(daily_papers, DAY) == Collected(11, 0, [])
    assert set(Summary.objects.values_list("language", flat=True)) == {"ko", "en"}


def test_a_source_that_is_down_is_a_problem_and_what_is_stored_is_used(daily_papers):
    make_listing(make_paper())

    collected = collect_papers(daily_papers, DAY)

    assert (collected.paper_count, collected.summary_count) == (1, 2)
    (problem,) = collected.problems
    assert "2024-07-03" in problem


def test_no_source_is_asked_when_told_so(daily_papers):
    make_listing(make_paper())

    assert collect_papers(daily_papers, DAY, ask=False) == Collected(1, 2, [])
