"""To change what an approved edition prints takes its approval back, and it is asked first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.approve import approve_edition
from newsletter.models import Edition
from tests.desk import filled_form, said
from tests.factories import make_edition, make_leaving_edition, make_member

State = Edition.State


@pytest.fixture
def edition(daily_papers) -> Edition:
    return approve_edition(make_edition(daily_papers))


def summary_url(edition):
    summary = edition.entries.get().paper.summaries.get(language="ko")
    return f"/admin/papers/summary/{summary.pk}/change/"


def rewrite(desk, url, form_id="summary_form", **fields):
    return desk.post(url, filled_form(desk, url, form_id) | fields)


def state_of(edition):
    return Edition.objects.values_list("state", flat=True).get(pk=edition.pk)


def text_of(edition):
    return edition.entries.get().paper.summaries.get(language="ko").whats_new


def test_the_page_of_a_summary_says_which_approval_it_would_take_back(desk, edition):
    page = desk.get(f"/en{summary_url(edition)}").content.decode()

    assert "Take back the approval of Daily Papers 2024-07-03" in page


def test_without_the_tick_nothing_is_saved_and_the_approval_stands(desk, edition):
    before = text_of(edition)

    page = rewrite(desk, summary_url(edition), whats_new="새 글").content.decode()

    assert "승인한 지면에 실린 내용입니다." in page
    assert (state_of(edition), text_of(edition)) == (State.APPROVED, before)


def test_with_it_the_summary_is_saved_and_the_edition_is_a_draft(desk, edition):
    answer = rewrite(desk, summary_url(edition), whats_new="새 글", take_back="on")

    assert (state_of(edition), text_of(edition)) == (State.DRAFT, "새 글")
    assert any("다시 초안이 되었습니다" in text for text in said(answer))


def test_who_may_not_approve_can_take_no_approval_back(client, edition):
    client.force_login(make_member("editor", "lee"))

    page = rewrite(client, summary_url(edition), whats_new="새 글", take_back="on")

    assert "승인할 수 있는 분께" in page.content.decode()
    assert (state_of(edition), "새 글" in text_of(edition)) == (State.APPROVED, False)


def test_a_tick_alone_changes_nothing(desk, edition):
    before = edition.entries.get().paper.summaries.values().get(language="ko")

    rewrite(desk, summary_url(edition), take_back="on")

    assert state_of(edition) == State.APPROVED
    assert edition.entries.get().paper.summaries.values().get(language="ko") == before


def test_the_same_holds_for_a_papers_title(desk, edition):
    paper = edition.entries.get().paper
    url = f"/admin/papers/paper/{paper.pk}/change/"

    rewrite(desk, url, "paper_form", title="Letters Abroad")
    refused = state_of(edition)
    rewrite(desk, url, "paper_form", title="Letters Abroad", take_back="on")

    paper.refresh_from_db()
    assert (refused, state_of(edition)) == (State.APPROVED, State.DRAFT)
    assert (paper.title, paper.corrected) == ("Letters Abroad", ["title"])


@pytest.mark.parametrize("make", [make_edition, make_leaving_edition])
def test_a_draft_and_what_has_left_ask_nothing(desk, daily_papers, make):
    edition = make(daily_papers)

    page = desk.get(summary_url(edition)).content.decode()
    rewrite(desk, summary_url(edition), whats_new="새 글")

    assert "take_back" not in page
    assert text_of(edition) == "새 글"


def test_a_paper_that_was_taken_out_of_it_asks_nothing(desk, daily_papers):
    edition = make_edition(daily_papers, papers=2)
    hidden = edition.entries.last()
    edition.entries.filter(pk=hidden.pk).update(hidden=True)
    approve_edition(edition)
    summary = hidden.paper.summaries.get(language="ko")

    page = desk.get(f"/admin/papers/summary/{summary.pk}/change/").content.decode()

    assert "take_back" not in page


@pytest.mark.parametrize("changed", ["summary", "paper"])
def test_what_is_corrected_makes_a_new_version_of_drafts_that_print_it(desk, daily_papers, changed):
    edition = make_edition(daily_papers)
    paper = edition.entries.get().paper
    url, change = {
        "summary": (summary_url(edition), {"whats_new": "새 글"}),
        "paper": (f"/admin/papers/paper/{paper.pk}/change/", {"title": "Letters Abroad"}),
    }[changed]

    versions = []
    for fields in ({}, change):
        rewrite(desk, url, f"{changed}_form", **fields)
        edition.refresh_from_db()
        versions.append(edition.version)

    assert versions == [0, 1]


def test_whether_it_is_approved_is_looked_up_once_a_request(desk, edition):
    with CaptureQueriesContext(connection) as queries:
        desk.get(summary_url(edition))

    asked = [each["sql"] for each in queries if '"newsletter_edition"."state" = ' in each["sql"]]
    assert len(asked) == 1


def test_a_missing_summary_that_is_written_asks_likewise(desk, daily_papers):
    edition = make_edition(daily_papers)
    paper = edition.entries.get().paper
    paper.summaries.filter(language="en").delete()
    edition.entries.create(paper=make_edition(daily_papers, date="2024-07-04").entries.get().paper)
    approve_edition(edition)
    url = f"/admin/papers/summary/add/?paper={paper.pk}&language=en"

    page = desk.get(url).content.decode()
    desk.post(url, filled_form(desk, url, "summary_form") | {"whats_new": "New"})
    refused = state_of(edition)
    form = filled_form(desk, url, "summary_form") | {"whats_new": "New", "take_back": "on"}
    desk.post(url, form)

    assert "take_back" in page
    assert (refused, state_of(edition)) == (State.APPROVED, State.DRAFT)
