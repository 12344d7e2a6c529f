"""The Daily Papers API as a whole: its pages, its answers, and what it gives instead of one."""

import json
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from papers.sources import source
from papers.sources.base import Author, SourceError, SourceUnavailable
from papers.sources.huggingface import HuggingFace
from tests.stand_ins import serve_hugging_face

DAY = date(2024, 7, 3)


def ids(answer) -> list[str]:
    return [told.paper.canonical_id for told in answer.listings]


def entries(count: int, first: int = 0) -> list[dict]:
    return [
        {"paper": {"id": f"2407.{number:05}", "title": "T", "upvotes": 1, "authors": []}}
        for number in range(first, first + count)
    ]


@pytest.fixture
def hub_answers(httpserver, settings):
    """Sets what the API answers to every question."""
    settings.HF_API_URL = httpserver.url_for("/api")

    def answer(body: bytes | str) -> None:
        httpserver.expect_request("/api/daily_papers").respond_with_data(body)

    return answer


def asked(httpserver) -> list[dict[str, str]]:
    return [request.args.to_dict() for request, _ in httpserver.log]


# Pages


def test_a_day_that_fits_on_a_page_is_one_question(httpserver, settings, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")

    answer = HuggingFace().fetch(DAY)

    assert asked(httpserver) == [{"date": "2024-07-03", "limit": "100", "p": "0"}]
    assert answer.entry_count == len(answer.listings) == 11
    assert ids(answer)[0] == "2407.01370"


def test_pages_are_asked_for_until_a_short_one(httpserver, settings, tmp_path):
    (tmp_path / "2024-07-03.json").write_text(json.dumps(entries(120)))
    settings.HF_API_URL = serve_hugging_face(httpserver, tmp_path)

    answer = HuggingFace().fetch(DAY)

    assert [question["p"] for question in asked(httpserver)] == ["0", "1", "2"]
    assert ids(answer) == [f"2407.{number:05}" for number in range(120)]


def test_a_full_last_page_costs_one_more_question(httpserver, settings, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")

    answer = HuggingFace().fetch(date(2026, 5, 13))

    assert [question["p"] for question in asked(httpserver)] == ["0", "1"]
    assert answer.entry_count == 50


def test_an_api_that_knows_no_pages_is_not_asked_for_ever(httpserver, hub_answers):
    hub_answers(json.dumps(entries(60)))

    answer = HuggingFace().fetch(DAY)

    assert len(httpserver.log) == 2
    assert answer.entry_count == 60


def test_an_api_without_a_last_page_is_left_after_twenty(httpserver, settings, tmp_path):
    (tmp_path / "2024-07-03.json").write_text(json.dumps(entries(1001)))
    settings.HF_API_URL = serve_hugging_face(httpserver, tmp_path)

    answer = HuggingFace().fetch(DAY)

    assert len(httpserver.log) == 20
    assert answer.entry_count == 1000
    assert answer.problems == [
        "Hugging Face, papers of 2024-07-03: more than 20 pages; what came before it is kept"
    ]


def test_a_page_that_fails_leaves_those_before_it(httpserver, settings):
    settings.HF_API_URL = httpserver.url_for("/api")
    page = httpserver.expect_request("/api/daily_papers", query_string=question("0"))
    page.respond_with_data(json.dumps(entries(50)))
    page = httpserver.expect_request("/api/daily_papers", query_string=question("1"))
    page.respond_with_data("", status=502)

    answer = HuggingFace().fetch(DAY)

    assert answer.entry_count == 50
    assert answer.problems == [
        "Hugging Face, papers of 2024-07-03, page 2: HTTP 502 BAD GATEWAY; what came before it is "
        "kept"
    ]


def question(page: str) -> dict[str, str]:
    return {"date": "2024-07-03", "limit": "100", "p": page}


def test_a_day_without_papers_is_an_empty_list(httpserver, settings, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api")

    answer = HuggingFace().fetch(date(2024, 7, 6))

    assert (answer.entry_count, answer.listings, answer.problems) == (0, [], [])


@time_machine.travel(datetime(2024, 7, 4, 8, 30, tzinfo=ZoneInfo("Asia/Seoul")))
def test_today_is_the_day_in_utc():
    assert date.today() == date(2024, 7, 4)
    assert source("huggingface").today() == date(2024, 7, 3)


def test_a_day_in_the_future_is_refused_in_the_apis_own_words(httpserver, settings, shared_data):
    settings.HF_API_URL = serve_hugging_face(httpserver, shared_data / "hf_api", newest=DAY)

    with pytest.raises(SourceError) as raised:
        HuggingFace().fetch(date(2024, 7, 4))
    assert str(raised.value) == (
        "Hugging Face, papers of 2024-07-04: HTTP 400 BAD REQUEST: Invalid date: 2024-07-04"
    )


# Entries


def test_an_entry_that_cannot_be_read_stops_no_other(hub_answers):
    good, bad = entries(2), {"paper": {"id": "2407.09999", "title": "T", "upvotes": None}}
    hub_answers(json.dumps([good[0], bad, "text", good[1]]))

    answer = HuggingFace().fetch(DAY)

    assert ids(answer) == ["2407.00000", "2407.00001"]
    assert answer.entry_count == 4
    assert answer.problems == [
        "Hugging Face, papers of 2024-07-03: entry 2 (2407.09999) is left out: its upvotes is "
        "None, not a number of votes",
        "Hugging Face, papers of 2024-07-03: entry 3 (without an id) is left out: it has no id",
    ]


def test_a_list_of_which_nothing_can_be_read_is_an_error(hub_answers):
    hub_answers('[{"paper": {}}, {}]')

    with pytest.raises(
        SourceError, match=r"2024-07-03: none of 2 entries can be read; .*has no id"
    ):
        HuggingFace().fetch(DAY)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
READABLE = {"id": "2407.00001", "title": "T", "upvotes": 1, "authors": [{"name": "A"}]}
KEYS = [
    *["title", "summary", "authors", "publishedAt", "submittedOnDailyAt", "submittedOnDailyBy"],
    *["upvotes", "projectPage", "githubRepo", "githubStars", "ai_summary", "ai_keywords", "id"],
    *["ai_summary_model", "organization", "mediaUrls", "withdrawnAt"],
]


@given(ANY_JSON | st.lists(ANY_JSON))
def test_whatever_json_comes_is_an_answer_or_an_error_of_ours(body):
    with suppress(SourceError):
        HuggingFace().read(json.dumps(body).encode(), label="fuzz")


@given(
    inner=st.dictionaries(st.sampled_from(KEYS), ANY_JSON),
    outer=st.dictionaries(
        st.sampled_from(["numComments", "submittedBy", "mediaUrl", "mediaUrls", "thumbnail"]),
        ANY_JSON,
    ),
)
def test_whatever_an_entry_holds_its_neighbour_is_read(inner, outer):
    body = json.dumps([outer | {"paper": READABLE | inner}, {"paper": READABLE}])

    answer = HuggingFace().read(body.encode(), label="fuzz")

    assert answer.listings[-1].paper.authors == [Author("A")]
    assert len(answer.listings) + len(answer.problems) == 2


def test_an_endless_number_in_one_entry_costs_that_entry_alone(hub_answers):
    good = '{"paper": {"id": "2407.00001", "title": "Letters", "upvotes": 3, "authors": []}}'
    endless = good.replace("00001", "00002").replace("3", "9" * 5000)
    hub_answers(f"[{endless}, {good}]")

    answer = HuggingFace().fetch(DAY)

    assert [listing.paper.canonical_id for listing in answer.listings] == ["2407.00001"]
    assert len(answer.problems) == 1


# Instead of a list

INSTEAD = {
    "an error": (
        '{"error": "Internal\\nError"}',
        'an object with error, which says "Internal Error"',
    ),
    "a number": ("1", "a list of papers was due, and there is only 1"),
    "null": ("null", "a list of papers was due, and there is only null"),
    "a wrapper": ('{"data": []}', "there is an object with data"),
    "strings": ("[\"{'paper': {}}\"]", "1 entries, all of them text instead of objects; the first"),
    "a web page": ("<!doctype html><title>Sorry</title>", "the answer is HTML or XML, not JSON"),
    "a cut list": ('[{"paper": {"id": "2407', "the answer is cut or is not JSON (23 bytes)"),
    "nothing": ("", "the answer is empty"),
    "Latin-1": ('[{"title": "é"}]'.encode("latin-1"), "the answer is not UTF-8"),
    "a deep well": ("[" * 100_000, "the answer is cut or is not JSON (100,000 bytes)"),
}


@pytest.mark.parametrize(("body", "cause"), INSTEAD.values(), ids=INSTEAD)
def test_what_is_no_list_is_an_error_that_names_the_date_and_the_cause(hub_answers, body, cause):
    hub_answers(body)

    with pytest.raises(SourceError) as raised:
        HuggingFace().fetch(DAY)

    assert not isinstance(raised.value, SourceUnavailable)
    assert str(raised.value).startswith("Hugging Face, papers of 2024-07-03: ")
    assert cause in str(raised.value)


QUIRKS = {
    "2024-07-06.placeholder.json": "a list of papers was due, and there is only 1",
    "2024-12-26.repr-strings.json": "4 entries, all of them text instead of objects",
    "2025-01-10.envelope.json": "there is an object with status, date, count, data",
    "2025-01-11.no-data.json": 'which says "No papers found for this date"',
    "error-body.json": 'which says "Sorry, we can\'t find the page you are looking for."',
}


@pytest.mark.parametrize("name", QUIRKS)
def test_each_recorded_quirk_is_an_error_that_says_what_it_is(shared_data, name):
    body = (shared_data / "archive_quirks" / name).read_bytes()

    with pytest.raises(SourceError) as raised:
        HuggingFace().read(body, label=name)

    assert str(raised.value).startswith(f"{name}: ")
    assert QUIRKS[name] in str(raised.value)


def test_there_is_a_cause_for_every_recorded_quirk(shared_data):
    assert {path.name for path in (shared_data / "archive_quirks").iterdir()} == set(QUIRKS)
