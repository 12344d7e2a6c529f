from datetime import UTC, datetime

import pytest

from papers.sources.arxiv import Arxiv, records_in
from papers.sources.base import Author, SourceError, SourceUnavailable
from papers.sources.http import Http
from tests.stand_ins import serve_arxiv

KNOT = "math.GT/0309136"


@pytest.fixture
def recorded(shared_data):
    def body(name: str) -> bytes:
        return (shared_data / "arxiv" / f"atom-{name}.xml").read_bytes()

    return body


@pytest.fixture
def arxiv(httpserver, settings, shared_data) -> Arxiv:
    """Asks a stand-in that has the recorded entries, as fast as it can."""
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")
    return Arxiv(Http())


def all_records(arxiv: Arxiv, ids: list[str]) -> dict:
    return {name: record for _, records in arxiv.batches(ids) for name, record in records.items()}


def test_the_form_of_2020_is_read(recorded):
    [record] = records_in(recorded("2020-single-old-format"), "arXiv").values()

    assert record.canonical_id == "1601.00001"
    assert record.title == (
        "Inelastic effects in molecular transport junctions: The probe technique at high bias"
    )
    assert record.abstract.startswith('We extend the Landauer-B\\"uttiker probe formalism for cond')
    assert record.authors == [Author("Michael Kilgour"), Author("Dvira Segal")]
    assert record.published_at == datetime(2015, 12, 26, 21, 19, 45, tzinfo=UTC)
    assert record.categories == ["cond-mat.mes-hall"]


def test_the_form_of_2026_is_read(recorded):
    [record] = records_in(recorded("2026-single"), "arXiv").values()

    assert (record.canonical_id, record.title) == ("2104.12255", "0")
    assert record.abstract.startswith("What is the funniest number in cryptography? 0. The reason")
    assert record.authors == [Author("Quan Thoi Minh Nguyen")]
    assert record.published_at == datetime(2021, 4, 20, 16, 7, 14, tzinfo=UTC)
    assert record.categories == ["cs.CR"]


def test_an_answer_about_a_hundred_papers_is_read_whole(recorded):
    records = records_in(recorded("2026-query-100"), "arXiv")

    assert len(records) == 100
    assert all(
        r.abstract and r.authors and r.categories and r.published_at for r in records.values()
    )


def test_the_primary_category_comes_first_and_subject_classes_are_left_out():
    feed = entry(
        '<category term="cs.LG"/><category term="math.GT"/><category term="68T50, I.2.7"/>'
        '<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="math.GT"/>'
    )

    assert records_in(feed, "arXiv")[KNOT].categories == ["math.GT", "cs.LG"]


def test_the_newest_version_and_when_it_came_are_read(recorded):
    [old] = records_in(recorded("2020-single-old-format"), "arXiv").values()
    versions = {r.version for r in records_in(recorded("2026-query-100"), "arXiv").values()}

    assert (old.version, old.revised_at) == (1, old.published_at)
    assert versions >= {1, 2, 3}


@pytest.mark.parametrize(
    "said",
    [
        "<arxiv:comment>This paper has been withdrawn by the author, since</arxiv:comment>",
        "<arxiv:comment>Withdrawn: Theorem 2 does not hold</arxiv:comment>",
        "<summary>This submission has been withdrawn by arXiv administrators.</summary>",
    ],
)
def test_a_notice_of_withdrawal_is_read_and_is_no_abstract(said):
    told = said.replace(
        "arxiv:comment>", 'arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">', 1
    )

    record = records_in(entry(f"<updated>2024-07-05T00:00:00Z</updated>{told}"), "arXiv")[KNOT]

    assert record.withdrawn_at == datetime(2024, 7, 5, tzinfo=UTC)
    assert record.abstract == ""


def test_what_was_withdrawn_from_elsewhere_is_not_withdrawn():
    comment = '<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">'
    said = f"{comment}Withdrawn from ICLR</arxiv:comment>"

    assert records_in(entry(said), "arXiv")[KNOT].withdrawn_at is None


def entry(inside: str, before: str = "") -> bytes:
    return (
        f'{before}<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        "<id>http://arxiv.org/abs/math.GT/0309136v2</id><title>A knot</title>"
        f"{inside}</entry></feed>"
    ).encode()


def test_names_are_read_as_their_bearers_write_them(recorded):
    old = records_in(recorded("2026-partial"), "arXiv")["1707.08567"]
    tex = records_in(entry("<author><name>Paulo Andr\\'e Lima</name></author>"), "arXiv")

    assert Author("Dirk Wübben") in old.authors
    assert tex["math.GT/0309136"].authors == [Author("Paulo André Lima")]


def test_an_entity_reaches_no_file():
    doctype = '<!DOCTYPE feed [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'

    records = records_in(entry("<summary>so: &secret;</summary>", before=doctype), "arXiv")

    assert records["math.GT/0309136"].abstract == "so:"


def test_an_unknown_id_is_absent_and_stops_no_other(arxiv, httpserver):
    records = all_records(arxiv, ["2104.12255", "0808.05394", "1707.08567"])

    assert sorted(records) == ["1707.08567", "2104.12255"]
    [(request, _)] = httpserver.log
    assert request.args["id_list"] == "2104.12255,0808.05394,1707.08567"
    assert request.args["max_results"] == "3"


def test_more_than_a_hundred_ids_are_asked_for_in_batches(arxiv, httpserver, recorded):
    known = list(records_in(recorded("2026-query-100"), ""))
    ids = ["1601.00001", *known, "2104.12255"]

    assert sorted(all_records(arxiv, ids)) == sorted(ids)
    assert [request.args["max_results"] for request, _ in httpserver.log] == ["100", "2"]


def test_a_malformed_id_is_an_error_in_arxivs_own_words(arxiv):
    with pytest.raises(SourceError) as raised:
        arxiv.fetch(["abc"])

    assert str(raised.value) == (
        "arXiv, papers abc: HTTP 400 BAD REQUEST: incorrect id format for abc"
    )


def test_the_error_entry_is_an_error_under_http_200_as_well(recorded):
    with pytest.raises(SourceError, match=r"^arXiv: incorrect id format for abc$"):
        records_in(recorded("2026-error"), "arXiv")


def test_a_paper_named_error_is_a_paper():
    feed = entry("").replace(b"A knot", b"Error")

    assert records_in(feed, "arXiv")[KNOT].title == "Error"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", "the answer is cut or is not Atom"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>', "the answer is cut or is not Atom"),
        (b"<html><body>Sorry</body></html>", "a feed was due, and there is <html>"),
        (b'{"error": "no"}', "the answer is cut or is not Atom"),
    ],
)
def test_what_is_no_feed_is_an_error_that_says_what_it_is(body, cause):
    with pytest.raises(SourceError, match=f"^arXiv: {cause}"):
        records_in(body, "arXiv")


def test_a_busy_arxiv_is_asked_again_later(httpserver, settings):
    settings.ARXIV_API_URL = httpserver.url_for("/api/query")
    httpserver.expect_request("/api/query").respond_with_data(
        "Rate exceeded.", status=503, headers={"Retry-After": "60"}
    )

    with pytest.raises(
        SourceUnavailable, match=r"^arXiv, papers 2104.12255: .*wait 60 s"
    ) as raised:
        Arxiv(Http()).fetch(["2104.12255"])
    assert raised.value.wait_seconds == 60


def test_our_arxiv_lets_three_seconds_pass_between_two_questions():
    """That a pace is kept is shown in test_http.py."""
    assert Arxiv().http.pace.seconds == 3
