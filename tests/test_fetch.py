import json
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from papers.fetch import fetch_paper, fetch_papers, fill_from_arxiv, recent_days, store_answer
from papers.models import Listing, Paper, Pull
from papers.sources import SOURCES, source, source_name
from papers.sources.arxiv import ARXIV, Arxiv
from papers.sources.base import Answer, SourceError, SourceUnavailable, UnknownPaper
from papers.sources.http import Http
from papers.sources.huggingface import HuggingFace
from tests.factories import DAY, make_listing, make_paper
from tests.ground import wait_until
from tests.stand_ins import serve_arxiv, serve_hugging_face

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(httpserver, settings, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")


@pytest.fixture
def broken_hub(httpserver, settings):
    """Has the API answer every question with what is no list."""
    settings.HF_API_URL = httpserver.url_for("/api")

    def answer(body: str | bytes = "", status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        httpserver.expect_request("/api/daily_papers").respond_with_data(body, status, named)

    return answer


def test_a_day_is_fetched_and_the_pull_says_so(hub):
    report = fetch_papers("huggingface", DAY)

    assert (report.source, report.date, report.problems) == ("huggingface", DAY, [])
    assert (report.entry_count, report.paper_count) == (11, 11)
    assert (report.new_count, report.changed_count) == (11, 0)
    pull = Pull.objects.get(source="huggingface", date=DAY)
    assert (pull.entry_count, pull.problem) == (11, "")
    assert pull.succeeded_at == pull.attempted_at


def test_a_second_fetch_changes_nothing_but_when_it_was(hub):
    fetch_papers("huggingface", DAY)
    first = Pull.objects.get()

    report = fetch_papers("huggingface", DAY)

    assert (report.paper_count, report.new_count, report.changed_count) == (11, 0, 0)
    assert Pull.objects.get().attempted_at > first.attempted_at
    assert Listing.objects.count() == Paper.objects.count() == 11


def test_a_day_without_papers_is_a_success(hub):
    report = fetch_papers("huggingface", date(2024, 7, 6))

    assert report.entry_count == 0
    assert Pull.objects.get().succeeded_at


def test_an_empty_list_takes_no_paper_away(hub):
    make_listing(date=date(2024, 7, 6))

    fetch_papers("huggingface", date(2024, 7, 6))

    assert Listing.objects.count() == 1


def test_what_could_not_be_read_stands_on_the_pull(broken_hub):
    readable = {"paper": {"id": "2407.00001", "title": "T", "upvotes": 1}}
    broken_hub(json.dumps([readable, {}, {}]))

    report = fetch_papers("huggingface", DAY)

    assert (report.entry_count, report.paper_count, len(report.problems)) == (3, 1, 2)
    assert Pull.objects.get().problem == "\n".join(report.problems)


FAULTS = {
    "an error": ({"body": '{"error": "Oops"}'}, SourceError, 'which says "Oops"'),
    "a number": ({"body": "1"}, SourceError, "there is only 1"),
    "a web page": ({"body": "<html></html>"}, SourceError, "is HTML or XML, not JSON"),
    "a cut list": ({"body": '[{"paper"'}, SourceError, "is cut or is not JSON"),
    "Latin-1": ({"body": b'["\xe9"]'}, SourceError, "is not UTF-8"),
    "a huge body": ({"body": b" " * 20_000_001}, SourceError, "is larger than 20,000,000 bytes"),
    "not found": ({"status": 404}, SourceError, "HTTP 404 NOT FOUND"),
    "too many": ({"status": 429}, SourceUnavailable, "HTTP 429 TOO MANY REQUESTS"),
    "wait": ({"status": 429, "Retry_After": "900"}, SourceUnavailable, "asks us to wait 900 s"),
    "down": ({"status": 503}, SourceUnavailable, "HTTP 503 SERVICE UNAVAILABLE"),
}


@pytest.mark.parametrize(("fault", "error", "cause"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_date_and_cause_and_leaves_all_that_is_stored(
    broken_hub, fault, error, cause
):
    make_listing()
    before = stored()
    broken_hub(**fault)

    with pytest.raises(SourceError) as raised:
        fetch_papers("huggingface", DAY)

    assert type(raised.value) is error
    assert str(raised.value).startswith("Hugging Face, papers of 2024-07-03")
    assert cause in str(raised.value)
    assert stored() == before
    assert Pull.objects.get().problem == str(raised.value)


def stored() -> list[dict]:
    return [*Paper.objects.values(), *Listing.objects.values()]


def test_a_silent_source_is_unavailable(httpserver, settings, monkeypatch):
    settings.HF_API_URL = httpserver.url_for("/api")
    httpserver.expect_request("/api/daily_papers").respond_with_handler(lambda _: time.sleep(0.3))
    impatient = HuggingFace(Http(read_seconds=0.05))
    monkeypatch.setattr("papers.fetch.source", lambda name: impatient)

    with pytest.raises(SourceUnavailable, match=r"2024-07-03: no answer within the time limit$"):
        fetch_papers("huggingface", DAY)
    assert Pull.objects.get().problem.endswith("no answer within the time limit")
    # The server answers one after the other: none is to be left for the next test.
    wait_until(lambda: len(httpserver.log) == 3, seconds=10)


def test_an_unreachable_source_is_unavailable(settings):
    settings.HF_API_URL = "http://127.0.0.1:9/api"  # the discard port: nobody listens

    with pytest.raises(SourceUnavailable, match=r"2024-07-03: no connection"):
        fetch_papers("huggingface", DAY)


def test_a_failure_after_a_success_keeps_when_that_was(hub, httpserver, broken_hub):
    fetch_papers("huggingface", DAY)
    before = Pull.objects.get()
    httpserver.clear()
    broken_hub("1")

    with pytest.raises(SourceError):
        fetch_papers("huggingface", DAY)

    after = Pull.objects.get()
    assert (after.succeeded_at, after.entry_count) == (before.succeeded_at, 11)
    assert after.attempted_at > before.attempted_at
    assert after.problem.endswith("a list of papers was due, and there is only 1")


def test_a_success_after_a_failure_clears_the_problem(hub):
    Pull.objects.create(
        source="huggingface", date=DAY, attempted_at="2024-07-03T00:00Z", problem="HTTP 503"
    )

    fetch_papers("huggingface", DAY)

    assert Pull.objects.get().problem == ""


def test_a_source_that_is_not_registered_is_named():
    with pytest.raises(
        SourceError, match=r"no source named 'nature'; there is huggingface, arxiv:CATEGORY$"
    ):
        source("nature")


@pytest.mark.parametrize("name", [*SOURCES, source_name("cs.CL")])
def test_each_source_is_asked_once_for_somebody_who_waits(name, httpserver, settings, monkeypatch):
    settings.HF_API_URL = settings.ARXIV_API_URL = httpserver.url_for("")
    monkeypatch.setattr(ARXIV.http.pace, "seconds", 0)

    with pytest.raises(SourceUnavailable):
        fetch_papers(name, DAY, hurried=True)

    assert len(httpserver.log) == 1


@time_machine.travel(datetime(2024, 7, 4, 8, 30, tzinfo=ZoneInfo("Asia/Seoul")))
def test_the_recent_days_are_the_sources_today_and_three_before_it():
    assert recent_days("huggingface") == [date(2024, 6, 30) + timedelta(n) for n in range(4)]


# arXiv


@pytest.fixture
def arxiv(httpserver, settings, shared_data) -> Arxiv:
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")
    return Arxiv(Http())


def test_arxiv_fills_in_what_nobody_told(arxiv):
    paper = make_paper(canonical_id="2104.12255", abstract="", authors=[], published_at=None)

    assert fill_from_arxiv(Paper.objects.all(), arxiv) == 1

    paper.refresh_from_db()
    assert paper.title == "Letters Home: How Parcels Find Their Way"
    assert paper.abstract.startswith("What is the funniest number")
    assert paper.author_names == ["Quan Thoi Minh Nguyen"]
    assert paper.categories == ["cs.CR"]
    assert paper.published_at.year == 2021


def test_arxiv_overwrites_nothing_that_was_told(arxiv):
    paper = make_paper(canonical_id="2104.12255")

    fill_from_arxiv([paper], arxiv)

    stored = Paper.objects.get()
    assert stored.abstract == "Parcels get lost. We propose a map. It finds 9 of 10 parcels."
    assert stored.author_names == ["Alice Ahn", "Bob Baker"]
    assert stored.categories == ["cs.CR"]


def test_what_arxiv_filled_in_survives_the_next_list(arxiv, hub):
    make_paper(canonical_id="2407.01370", categories=["cs.CL"])

    fetch_papers("huggingface", DAY)

    assert Paper.objects.get(canonical_id="2407.01370").categories == ["cs.CL"]


def test_a_paper_that_arxiv_does_not_know_is_asked_for_once_a_day(arxiv, httpserver):
    make_paper(canonical_id="2407.00001")

    filled = [fill_from_arxiv(Paper.objects.all(), arxiv) for _ in range(3)]
    with time_machine.travel(datetime.now(ZoneInfo("UTC")) + timedelta(days=1, seconds=1)):
        fill_from_arxiv(Paper.objects.all(), arxiv)

    assert filled == [0, 0, 0]
    assert len(httpserver.log) == 2


def test_a_paper_that_lacks_nothing_is_not_asked_for(arxiv, httpserver):
    make_paper(canonical_id="2104.12255", categories=["cs.CR"])
    make_paper(canonical_id="not-on-arxiv")

    assert fill_from_arxiv(Paper.objects.all(), arxiv) == 0
    assert httpserver.log == []


def test_a_failing_arxiv_is_asked_again_at_the_next_occasion(httpserver, settings):
    settings.ARXIV_API_URL = httpserver.url_for("/api/query")
    httpserver.expect_request("/api/query").respond_with_data("", status=503)
    make_paper()

    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            fill_from_arxiv(Paper.objects.all(), Arxiv(Http()))

    assert len(httpserver.log) == 6
    assert Paper.objects.get().arxiv_asked_at is None


def test_an_answer_that_was_saved_is_stored_like_one_that_was_asked_for(shared_data):
    body = (shared_data / "hf_api" / "2024-07-03.json").read_bytes()

    report = store_answer("huggingface", DAY, source("huggingface").read(body, label="saved"))

    assert report.paper_count == 11
    assert store_answer("huggingface", DAY, Answer(0, [])).paper_count == 0
    assert Listing.objects.count() == 11


def test_a_paper_that_nobody_listed_is_asked_of_arxiv_and_stored(arxiv):
    paper = fetch_paper("2104.12255", arxiv)

    assert Paper.objects.get() == paper
    assert (paper.title, paper.author_names) == ("0", ["Quan Thoi Minh Nguyen"])
    assert paper.abstract.startswith("What is the funniest number in cryptography?")


def test_a_paper_is_fetched_once(arxiv, httpserver):
    fetch_paper("2104.12255", arxiv)

    fetch_paper("2104.12255", arxiv)

    assert len(httpserver.log) == Paper.objects.count() == 1


def test_a_paper_that_arxiv_does_not_know_is_not_stored(arxiv):
    with pytest.raises(UnknownPaper, match=r"2999\.99999"):
        fetch_paper("2999.99999", arxiv)

    assert not Paper.objects.exists()


def test_a_stored_paper_is_taken_as_it_is_when_arxiv_does_not_answer(settings):
    settings.ARXIV_API_URL = "http://127.0.0.1:9/api/query"
    paper = make_paper(abstract="")

    assert fetch_paper(paper.canonical_id, Arxiv(Http())) == paper


def test_who_waits_at_a_page_waits_for_one_try(broken_hub, httpserver):
    broken_hub(status=503)

    with pytest.raises(SourceUnavailable):
        fetch_papers("huggingface", DAY, hurried=True)

    assert len(httpserver.log) == 1
