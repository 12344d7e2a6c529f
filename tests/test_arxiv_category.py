"""A category of arXiv as a source of papers."""

from datetime import UTC, date, datetime

import pytest

from papers.fetch import fetch_papers
from papers.models import Listing
from papers.sources import is_source, source
from papers.sources.arxiv_category import ArxivCategory
from papers.sources.base import SourceError, SourceUnavailable
from papers.sources.http import Http
from tests.stand_ins import serve_arxiv

DAY = date(2022, 2, 24)
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
    "<opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>"
)


@pytest.fixture
def software() -> ArxivCategory:
    return ArxivCategory("cs.SE", Http())


@pytest.fixture
def arxiv(httpserver, settings, shared_data):
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")


@pytest.fixture
def pages(httpserver, settings):
    """Sets what arXiv answers, one after another."""
    settings.ARXIV_API_URL = httpserver.url_for("/api/query")

    def answer(*bodies: str) -> None:
        for body in bodies:
            httpserver.expect_ordered_request("/api/query").respond_with_data(body)

    return answer


def entries(first: int, count: int) -> str:
    return "".join(
        f"<entry><id>http://arxiv.org/abs/2202.{number:05}v1</id><title>T</title></entry>"
        for number in range(first, first + count)
    )


def feed(entries: str, total: int) -> str:
    return FEED.format(entries=entries, total=total)


def ids(answer) -> list[str]:
    return [told.paper.canonical_id for told in answer.listings]


def test_what_was_handed_in_to_a_category_on_a_day_is_its_list(arxiv, software, httpserver):
    answer = software.fetch(DAY)

    [listing] = answer.listings
    assert (listing.paper.canonical_id, listing.paper.categories[0]) == ("2202.12139", "cs.SE")
    assert listing.listed_at.date() == DAY
    assert (listing.vote_count, listing.comment_count) == (0, 0)
    assert (answer.entry_count, answer.problems) == (1, [])
    [(asked, _)] = httpserver.log
    assert asked.args.to_dict() == {
        "search_query": "cat:cs.SE AND submittedDate:[202202240000 TO 202202242359]",
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
        "start": "0",
        "max_results": "100",
    }


def test_a_day_without_papers_is_an_empty_list(arxiv, software):
    assert software.fetch(date(1999, 1, 1)).listings == []


def test_a_long_list_is_asked_for_page_by_page(pages, software, httpserver):
    pages(feed(entries(1, 100), 130), feed(entries(101, 30), 130))

    answer = software.fetch(DAY)

    assert ids(answer) == [f"2202.{number:05}" for number in range(1, 131)]
    assert [request.args["start"] for request, _ in httpserver.log] == ["0", "100"]


def test_an_empty_page_before_the_end_keeps_what_came_before_it(pages, software):
    pages(feed(entries(1, 100), 130), feed("", 130))

    answer = software.fetch(DAY)

    assert len(answer.listings) == 100
    assert answer.problems == [
        "arXiv, cs.SE of 2022-02-24: 100 of 130 papers, then none; what came before it is kept"
    ]


def test_an_empty_first_page_is_asked_for_again_later(pages, software):
    pages(feed("", 130))

    with pytest.raises(SourceUnavailable, match="0 of 130 papers, then none"):
        software.fetch(DAY)


def test_an_entry_without_an_id_stops_none_of_the_others(pages, software):
    pages(feed("<entry><title>T</title></entry>" + entries(1, 1), 2))

    answer = software.fetch(DAY)

    assert ids(answer) == ["2202.00001"]
    assert answer.problems == [
        "arXiv, cs.SE of 2022-02-24: entry 1 is left out: it has no id or no title"
    ]


def test_arxivs_own_words_say_what_was_wrong(software, shared_data):
    body = (shared_data / "arxiv" / "atom-2026-error.xml").read_bytes()

    with pytest.raises(SourceError, match="a file: incorrect id format"):
        software.read(body, label="a file")


def test_each_category_is_a_source_and_nothing_like_one_is():
    named = source("arxiv:cs.CL")

    assert (named.name, named) == ("arxiv:cs.CL", source("arxiv:cs.CL"))
    names = ["huggingface", "arxiv:hep-th", "arxiv", "arxiv:", "arxiv:cs.XX", "cs.CL"]
    assert [is_source(name) for name in names] == [True, True, False, False, False, False]
    with pytest.raises(SourceError, match="there is huggingface, arxiv:CATEGORY"):
        source("arxiv:cs.XX")


def test_its_newest_date_is_todays_by_arxivs_clock(software):
    assert software.today() == datetime.now(UTC).date()


@pytest.mark.django_db
def test_its_list_is_stored_under_its_name(arxiv):
    report = fetch_papers("arxiv:cs.SE", DAY)

    assert (report.paper_count, report.problems) == (1, [])
    assert set(Listing.objects.values_list("source", "date")) == {("arxiv:cs.SE", DAY)}
