from datetime import date
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from papers.models import Pull, Summary
from papers.summarise import summarise_papers
from tests.desk import filled_form
from tests.factories import make_editor, make_listing, make_paper, make_summary


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


def shown(response):
    return [row.canonical_id for row in response.context["cl"].result_list]


def form_of(summary):
    return f"/admin/papers/summary/{summary.pk}/change/"


def test_papers_are_found_by_id_and_by_words_of_the_title(desk):
    wanted = make_paper(title="Blue Letters")
    make_paper()

    found = [desk.get(f"/admin/papers/paper/?q={q}") for q in (wanted.canonical_id, "letters blue")]

    assert [shown(page) for page in found] == [[wanted.canonical_id], [wanted.canonical_id]]


@pytest.mark.parametrize("name", ["abc", "999999", "1_5F2"])
def test_a_summary_that_is_not_there_leads_back_to_the_front_of_the_desk(desk, name):
    answer = desk.get(f"/admin/papers/summary/{name}/change/")

    assert (answer.status_code, answer.url) == (302, "/admin/")


def test_papers_are_filtered_by_the_date_of_a_list(desk):
    make_listing(date=date(2024, 7, 2))
    third = make_listing(date=date(2024, 7, 3))

    page = desk.get(
        "/admin/papers/paper/?listings__date_from=2024-07-03&listings__date_to=2024-07-04"
    )

    assert shown(page) == [third.paper.canonical_id]


def test_papers_are_filtered_by_the_source_of_a_list(desk):
    wanted = make_listing(source="arxiv")
    make_listing(wanted.paper, source="arxiv", date=date(2024, 7, 4))
    make_listing(source="huggingface")

    page = desk.get("/admin/papers/paper/?source=arxiv")

    assert shown(page) == [wanted.paper.canonical_id]
    assert "?source=huggingface" in page.content.decode()


def test_each_paper_has_its_newest_list_its_most_votes_and_how_many_summaries(desk):
    paper = make_listing(date=date(2024, 7, 3), vote_count=10).paper
    make_listing(paper, date=date(2024, 7, 4), vote_count=7)
    make_summary(paper, "ko")
    make_summary(paper, "en")
    make_paper()

    page = desk.get("/admin/papers/paper/")

    rows = [(row.listed_on, row.top_votes, row.written) for row in page.context["cl"].result_list]
    assert rows == [(None, None, None), (date(2024, 7, 4), 10, 2)]


@pytest.mark.parametrize("model", ["paper", "summary"])
def test_a_list_of_many_takes_as_few_queries_as_one_of_one(desk, model):
    counts = []
    for count in (1, 30):
        for _ in range(count):
            make_summary(make_listing().paper)
        desk.get(f"/admin/papers/{model}/")
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"/admin/papers/{model}/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 9


def test_the_list_of_summaries_reads_no_texts(desk):
    make_summary(make_paper())

    with CaptureQueriesContext(connection) as queries:
        page = desk.get("/admin/papers/summary/")

    assert len(page.context["cl"].result_list) == 1
    assert not [each["sql"] for each in queries if "whats_new" in each["sql"]]


def test_a_title_may_be_corrected_and_facts_may_not(desk):
    paper = make_paper(title="Leters Home")
    facts = (paper.abstract, paper.canonical_id)
    url = f"/admin/papers/paper/{paper.pk}/change/"

    form = filled_form(desk, url, "paper_form")
    desk.post(url, form | {"title": "Letters Home", "abstract": "Mine.", "canonical_id": "1"})

    paper.refresh_from_db()
    assert (paper.title, paper.abstract, paper.canonical_id) == ("Letters Home", *facts)
    assert paper.corrected == ["title"]


def test_a_summary_saved_at_the_desk_is_the_editors(desk):
    paper = make_paper()
    summarise_papers([paper], "ko")
    excerpt = Summary.objects.get()

    form = filled_form(desk, form_of(excerpt), "summary_form")
    desk.post(form_of(excerpt), form | {"whats_new": "소포의 지도를 그렸습니다."})

    mine = Summary.objects.get()
    assert (mine.writer, mine.writer_name, mine.text_language) == ("editor", "kim", "ko")
    assert mine.whats_new == "소포의 지도를 그렸습니다."
    assert mine.source_sha256 == sha256(paper.abstract.encode()).hexdigest()
    assert mine.written_at > excerpt.written_at


def test_a_summary_saved_unchanged_stays_what_it_was(desk):
    summarise_papers([make_paper()], "ko")
    before = Summary.objects.values().get()

    url = form_of(Summary.objects.get())
    desk.post(url, filled_form(desk, url, "summary_form"))

    assert Summary.objects.values().get() == before


def test_an_editors_own_lead_is_quoted_from_nobody(desk):
    summary = make_summary(make_paper(), "en", lead="Short.", lead_by="Hugging Face")

    form = filled_form(desk, form_of(summary), "summary_form")
    desk.post(form_of(summary), form | {"lead": "Shorter."})

    summary.refresh_from_db()
    assert (summary.lead, summary.lead_by) == ("Shorter.", "")


def test_a_missing_summary_is_written_at_the_desk(desk):
    paper = make_paper()
    url = f"/admin/papers/summary/add/?paper={paper.pk}&language=en"

    form = filled_form(desk, url, "summary_form")
    desk.post(url, form | {"whats_new": "A map of parcels."})

    summary = paper.summaries.get(language="en")
    assert (summary.writer, summary.whats_new) == ("editor", "A map of parcels.")


def test_the_abstract_stands_beside_the_summary(desk):
    paper = make_paper(abstract="Parcels get <lost>.")
    summary = make_summary(paper)

    pages = [
        desk.get(url).content.decode()
        for url in (form_of(summary), f"/admin/papers/summary/add/?paper={paper.pk}")
    ]

    assert ["Parcels get &lt;lost&gt;." in page for page in pages] == [True, True]


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/admin/newsletter/edition/7/change/", "/admin/newsletter/edition/7/change/"),
        ("https://elsewhere.example/", "/admin/papers/summary/"),
    ],
)
def test_saving_a_summary_leads_back_to_the_desk_and_nowhere_else(desk, back, leads_to):
    url = f"{form_of(make_summary(make_paper()))}?back={back}"

    answer = desk.post(url, filled_form(desk, url, "summary_form"))

    assert answer.url == leads_to


def test_a_problem_with_a_source_is_visible(desk):
    Pull.objects.create(
        source="huggingface",
        date=date(2024, 7, 6),
        attempted_at=timezone.now(),
        problem="HTTP 503",
    )

    page = desk.get("/admin/papers/pull/").content.decode()

    assert "HTTP 503" in page


def test_who_may_only_look_gets_a_summary_without_fields(client, db):
    client.force_login(make_editor(may="view"))
    summary = make_summary(make_paper())

    page = client.get(form_of(summary))

    assert page.status_code == 200
    assert b"<textarea" not in page.content


def test_the_words_that_were_changed_are_marked_with_who_changed_them(desk):
    summary = make_summary(make_paper(), "en", whats_new="It finds 9 of 10 parcels.")
    form = filled_form(desk, form_of(summary), "summary_form")

    desk.post(form_of(summary), form | {"whats_new": "It finds all parcels."})

    page = desk.get(form_of(summary)).content.decode()
    assert "It finds<del> 9 of 10</del><ins> all</ins> parcels." in page
    assert "<b>kim</b>" in page


def test_a_rewriting_is_taken_back(desk):
    summary = make_summary(make_paper(), "en", whats_new="Before.")
    form = filled_form(desk, form_of(summary), "summary_form")
    desk.post(form_of(summary), form | {"whats_new": "After."})
    revision = summary.revisions.get()

    answer = desk.post(f"/admin/papers/summary/{summary.pk}/revisions/{revision.pk}/undo/")

    summary.refresh_from_db()
    assert (answer.url, summary.whats_new) == (form_of(summary), "Before.")


def test_the_second_of_two_who_rewrite_is_shown_both_and_can_take_either(desk):
    summary = make_summary(make_paper(), "en", whats_new="It finds parcels.")
    form = filled_form(desk, form_of(summary), "summary_form")
    desk.post(form_of(summary), form | {"whats_new": "It finds most parcels."})

    mine = form | {"whats_new": "It finds all parcels."}
    refused = desk.post(form_of(summary), mine).content.decode()
    summary.refresh_from_db()
    standing = summary.whats_new
    desk.post(form_of(summary), mine | {"_over": summary.written_at.isoformat()})

    summary.refresh_from_db()
    assert "It finds<del> most</del><ins> all</ins> parcels." in refused
    assert (standing, summary.whats_new) == ("It finds most parcels.", "It finds all parcels.")
