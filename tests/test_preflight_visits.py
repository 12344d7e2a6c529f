"""Links are opened by a worker, and what they said is kept."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db.models import F
from django.utils import timezone

from newsletter import tasks, tick
from newsletter.models import Edition, Visit
from newsletter.preflight import preflight, visits
from newsletter.preflight.material import MOST_LINKS, Page, addresses
from newsletter.preflight.visitor import Answer
from newsletter.preflight.visits import doubt_visits, due_urls, urls_of, visit_links, visits_due
from papers.models import Summary
from papers.summarise.judging import stands
from tests.factories import make_edition, make_paper, make_visit

State = Visit.State


@pytest.fixture
def served(httpserver, settings):
    """A server on this machine that may be asked, and which has one paper's code."""
    settings.LINK_NETWORKS = [ip_network("127.0.0.0/8")]
    httpserver.expect_request("/code").respond_with_data("fine")
    return httpserver


@pytest.fixture
def edition(served, daily_papers) -> Edition:
    """Whose paper's own links are known, so that only its code is opened."""
    edition = make_edition(daily_papers, papers=[make_paper(code_url=served.url_for("/code"))])
    for url in urls_of(edition):
        if "127.0.0.1" not in url and "localhost" not in url:
            make_visit(url)
    return edition


def states(edition: Edition) -> dict[str, str]:
    return dict(Visit.objects.filter(url__contains="/code").values_list("url", "state"))


def test_what_a_link_answered_is_kept(edition, served):
    visit_links(edition)

    assert states(edition) == {served.url_for("/code"): State.ANSWERS}


def test_what_answered_today_is_not_opened_again(edition, served):
    visit_links(edition)
    visit_links(edition)

    assert len(served.log) == 1


def test_what_did_not_answer_is_opened_again_after_some_minutes(edition, served):
    make_visit(served.url_for("/code"), state=State.GONE, said="HTTP 404 Not Found")
    visit_links(edition)
    at_once = len(served.log)
    Visit.objects.update(visited_at=F("visited_at") - visits.AGAIN_AFTER)

    visit_links(edition)

    assert (at_once, states(edition)) == (0, {served.url_for("/code"): State.ANSWERS})


def test_check_again_opens_all_of_them_anew(edition, served):
    visit_links(edition)

    doubt_visits(edition)

    assert due_urls(edition) == urls_of(edition)


def test_a_dead_link_stops_while_it_is_opened_again(edition, served):
    make_visit(served.url_for("/code"), state=State.GONE, said="HTTP 404 Not Found")
    before = preflight(edition)

    doubt_visits(edition)
    meanwhile = preflight(edition)
    served.clear_log()
    visits.keep(served.url_for("/code"), Answer(State.ANSWERS, "HTTP 200 OK"))

    assert [[stop.check for stop in report.stops] for report in (before, meanwhile)] == [
        ["links"],
        ["links"],
    ]
    assert (before.unopened, meanwhile.unopened) == (0, len(urls_of(edition)))
    assert (preflight(edition).stops, preflight(edition).unopened) == ([], 3)


def test_of_very_many_links_the_first_are_opened_and_nobody_waits_for_the_rest():
    urls = [f"https://pages.example/{number}" for number in range(MOST_LINKS + 9)]

    assert addresses([Page(dict.fromkeys(urls, 1), {})]) == urls[:MOST_LINKS]


def test_an_editions_links_and_pictures_are_opened_and_the_sites_own_are_not(daily_papers):
    paper = make_paper(
        canonical_id="2407.01370",
        image_url="https://pictures.example/1.png",
        code_url="https://code.example/haystack",
    )

    assert sorted(urls_of(make_edition(daily_papers, papers=[paper]))) == [
        "https://arxiv.org/abs/2407.01370",
        "https://arxiv.org/pdf/2407.01370",
        "https://code.example/haystack",
        "https://huggingface.co/papers/2407.01370",
        "https://pictures.example/1.png",
    ]


def test_links_that_lead_through_the_site_are_opened_where_they_lead(edition, served):
    edition.newsletter.own_links = True
    edition.newsletter.save()

    visit_links(edition)

    assert states(edition) == {served.url_for("/code"): State.ANSWERS}


def test_drafts_that_are_to_go_out_are_looked_at(daily_papers):
    now = timezone.now()
    waits = make_edition(daily_papers, expires_at=now + timedelta(hours=1))
    make_edition(daily_papers, date="2024-07-04")  # built by hand
    make_edition(daily_papers, date="2024-07-05", expires_at=now - timedelta(hours=1))

    assert list(visits_due(now)) == [waits]


def test_a_worker_opens_links_of_a_draft_and_of_nothing_else(edition, served):
    Edition.objects.update(state="cancelled")
    tasks.visit_links(edition.pk)
    cancelled = len(served.log)
    Edition.objects.update(state="draft")

    tasks.visit_links(edition.pk)

    assert (cancelled, len(served.log)) == (0, 1)


def test_a_worker_judges_a_draft_anew_whose_verdicts_do_not_stand(edition, served):
    Summary.objects.update(verdict="block", judged_sha256="0" * 64, writer="editor")

    tasks.visit_links(edition.pk)

    assert "block" not in Summary.objects.values_list("verdict", flat=True)
    assert all(map(stands, Summary.objects.select_related("paper")))


def test_answers_go_after_a_week(db):
    now = timezone.now()
    make_visit("https://old.example/", visited_at=now - timedelta(days=8))
    make_visit("https://new.example/", visited_at=now - timedelta(days=6))

    visits.forget_old(now)

    assert [visit.url for visit in Visit.objects.all()] == ["https://new.example/"]


def test_the_clock_has_the_links_of_a_draft_opened_every_ten_minutes(
    daily_papers, django_capture_on_commit_callbacks
):
    now = timezone.now()
    make_edition(daily_papers, expires_at=now + timedelta(hours=1))
    woken = []

    for moment in (now, now, now + visits.AGAIN_AFTER):
        with django_capture_on_commit_callbacks() as callbacks:
            tick.wake_editors(moment)
        woken.append(len(callbacks))

    assert woken == [2, 1, 2]  # who tells editors is woken each time
