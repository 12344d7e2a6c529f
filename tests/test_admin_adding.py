import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_httpserver import HTTPServer

from papers.models import Paper
from tests.desk import desk_url, filled_form, said
from tests.factories import make_edition, make_listing, make_paper
from tests.stand_ins import serve_arxiv

KNOWN = "2104.12255"  # to the stand-in


@pytest.fixture
def edition(db):
    return make_edition(papers=2)


@pytest.fixture
def arxiv_answers(httpserver, settings, shared_data):
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")
    return httpserver


def add(client, edition, text):
    """As pressing the button does: the form is saved, and the paper added to that version."""
    url = desk_url(edition)
    form = filled_form(client, url) | {"add_paper": text, "_then": "add"}
    saved = client.post(url, form)
    return client.post(saved.url, form)


def order(edition):
    return [entry.paper.canonical_id for entry in edition.printed_entries()]


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        f"arXiv:{KNOWN}v1",
        f"https://arxiv.org/abs/{KNOWN}v1",
        f"https://arxiv.org/pdf/{KNOWN}.pdf",
        f"https://huggingface.co/papers/{KNOWN}",
        f"hf.co/papers/{KNOWN}",
    ],
)
def test_a_paper_is_fetched_on_the_spot_and_summarised(desk, edition, arxiv_answers, text):
    answer = add(desk, edition, text)

    paper = Paper.objects.get(canonical_id=KNOWN)
    entry = edition.entries.get(paper=paper)
    assert order(edition)[-1] == KNOWN
    assert (paper.title, paper.author_names) == ("0", ["Quan Thoi Minh Nguyen"])
    assert {summary.language for summary in paper.summaries.all()} == {"ko", "en"}
    assert entry.touched_at is not None
    assert said(answer)[-1] == "넣음: 0"
    assert answer.url == f"{desk_url(edition)}#entry-{entry.pk}"


def test_a_stored_paper_is_added_with_its_votes_and_nobody_is_asked(desk, edition, httpserver):
    listing = make_listing(make_paper(categories=["cs.CL"]), vote_count=3)

    add(desk, edition, listing.paper.canonical_id)

    assert order(edition)[-1] == listing.paper.canonical_id
    assert edition.entries.get(paper=listing.paper).vote_count == 3
    assert httpserver.log == []


def test_an_id_that_arxiv_does_not_know_is_said(desk, edition, arxiv_answers):
    before = order(edition)

    answer = add(desk, edition, "https://arxiv.org/abs/2999.99999")

    assert said(answer)[-1] == "arXiv에 2999.99999 논문이 없습니다."
    assert order(edition) == before


@pytest.mark.parametrize("status", [503, 429, 500])
def test_an_arxiv_that_does_not_answer_is_said_after_one_try(desk, edition, settings, status):
    with HTTPServer() as server:
        server.expect_request("/api/query").respond_with_data("busy", status=status)
        settings.ARXIV_API_URL = server.url_for("/api/query")
        answer = add(desk, edition, KNOWN)
        tries = len(server.log)

    assert said(answer)[-1] == "지금 arXiv가 답하지 않습니다. 잠시 뒤에 다시 해 주세요."
    assert tries == 1
    assert not Paper.objects.filter(canonical_id=KNOWN).exists()


def test_an_arxiv_that_nobody_reaches_is_said(desk, edition, settings):
    settings.ARXIV_API_URL = "http://127.0.0.1:9/api/query"

    answer = add(desk, edition, KNOWN)

    assert said(answer)[-1] == "지금 arXiv가 답하지 않습니다. 잠시 뒤에 다시 해 주세요."


def test_a_link_to_elsewhere_is_said_to_be_one(desk, edition):
    answer = add(desk, edition, "https://elsewhere.example/2407.01370")

    assert said(answer)[-1] == "arXiv나 Hugging Face의 논문 링크로 보이지 않습니다."


def test_words_that_only_one_title_has_add_that_paper(desk, edition):
    wanted = make_paper(title="Blue Letters")

    add(desk, edition, "letters blue")

    assert order(edition)[-1] == wanted.canonical_id


@pytest.mark.parametrize("text", ["", "no such words"])
def test_words_that_no_title_has_add_nothing(desk, edition, text):
    before = order(edition)

    answer = add(desk, edition, text)

    assert "보관된 논문 가운데" in said(answer)[-1]
    assert order(edition) == before


def test_of_several_titles_the_editor_chooses(desk, edition):
    first, second = make_paper(title="Blue Zebras"), make_paper(title="Red Zebras <b>")
    make_paper(title="Zebra crossings")

    page = add(desk, edition, "zebras")
    form = filled_form(desk, desk_url(edition))
    desk.post(
        f"/admin/newsletter/edition/{edition.pk}/add/",
        {"seen_version": form["seen_version"], "add_paper": second.canonical_id},
    )

    text = page.content.decode()
    assert first.title in text
    assert "Red Zebras &lt;b&gt;" in text
    assert "crossings" not in text
    assert order(edition)[-1] == second.canonical_id


def test_a_paper_that_is_in_the_edition_is_not_added_again(desk, edition):
    before = order(edition)

    answer = add(desk, edition, before[0])

    assert said(answer)[-1] == "이미 지면에 있는 논문입니다."
    assert order(edition) == before


def test_adding_saves_what_was_typed_first(desk, edition):
    paper = make_paper(title="Blue Letters", categories=["cs.CL"])
    url = desk_url(edition)
    form = filled_form(desk, url)
    form |= {"add_paper": paper.canonical_id, "_then": "add", "entries-0-note": "First."}

    saved = desk.post(url, form)
    desk.post(saved.url, form)

    assert edition.entries.first().note == "First."
    assert order(edition)[-1] == paper.canonical_id


def test_summaries_are_written_before_the_edition_is_held(desk, edition):
    paper = make_paper(categories=["cs.CL"])
    form = {"add_paper": paper.canonical_id, "seen_version": edition.version}

    with CaptureQueriesContext(connection) as queries:
        desk.post(f"/admin/newsletter/edition/{edition.pk}/add/", form)

    told = [each["sql"] for each in queries]
    [held] = [at for at, sql in enumerate(told) if sql.startswith('UPDATE "newsletter_edition"')]
    new_summary = re.compile('INSERT (OR IGNORE )?INTO "papers_summary"')
    written = [at for at, sql in enumerate(told) if new_summary.match(sql)]
    assert len(written) == 1  # of both languages
    assert paper.summaries.count() == 2
    assert max(written) < held


def test_a_correction_is_given_no_papers(desk, edition):
    correction = make_edition(edition.newsletter, corrects=edition, papers=0)
    answers = [
        desk.post(
            f"/admin/newsletter/edition/{correction.pk}/{act}/",
            {"add_paper": make_paper().canonical_id, "seen_version": correction.version},
        )
        for act in ("add", "do/votes", "do/by_votes")
    ]

    correction.refresh_from_db()
    assert (correction.entries.count(), correction.version) == (0, 0)
    assert said(answers[0]) == ["정정 메일에는 논문을 싣지 않습니다."]
    assert all("할 수 없습니다" in said(answer)[-1] for answer in answers[1:])
