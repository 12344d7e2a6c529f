"""Pre-flight at the desk: what stops an edition, who may let it pass, and the time to undo."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from newsletter import clock
from newsletter.celery import app
from newsletter.correction import begin_correction
from newsletter.models import AuditEntry, DeskLanguage, Edition, Override, Visit
from newsletter.preflight import preflight
from papers.models import Paper
from tests.desk import desk_url, said, save
from tests.factories import (
    DAY,
    make_done_edition,
    make_edition,
    make_editor,
    make_member,
    make_paper,
    make_subscription,
    make_tester,
    make_visit,
)

State = Edition.State
LIST = "/admin/newsletter/edition/"
DEAD = "https://code.example/parcels"


@pytest.fixture
def publisher(client, db):
    client.force_login(make_editor("kim", email="kim@paperboy.example"))
    return client


@pytest.fixture
def edition(daily_papers) -> Edition:
    make_visit(DEAD, state="gone", said="HTTP 404 Not Found")
    return make_edition(daily_papers, papers=[make_paper(code_url=DEAD)])


def press(client, edition, verb, **fields):
    edition.refresh_from_db()
    return client.post(f"{LIST}{edition.pk}/do/{verb}/", {"seen_version": edition.version} | fields)


def let_pass(client, edition, reason="They move today.", at="", **fields):
    """The form beside the first stop, as the page stands now."""
    edition.refresh_from_db()
    stop = preflight(edition).stops[0].fingerprint
    form = {"seen_version": edition.version, "stop": stop, "reason": reason} | fields
    return client.post(f"{at}{LIST}{edition.pk}/override/", form)


def page_of(client, edition, at="/en"):
    return client.get(f"{at}{LIST}{edition.pk}/change/").content.decode()


def report_of(client, edition, at="/en"):
    """The part that the page loads."""
    url = f"{at}{LIST}{edition.pk}/preflight/"
    return client.get(url, headers={"HX-Request": "true"}).content.decode()


def test_the_desk_says_what_stops_an_edition_in_korean_and_in_english(publisher, edition):
    korean, english = (report_of(publisher, edition, at) for at in ("", "/en"))

    assert "1가지가 이 지면을 막고 있습니다." in korean
    assert f"1번에 끊어진 링크가 있습니다: {DEAD} (HTTP 404 Not Found)" in korean
    assert "1 thing stops this edition." in english
    assert f"A link of no. 1 leads nowhere: {DEAD} (HTTP 404 Not Found)" in english


def test_approving_says_what_stands_in_the_way(publisher, edition):
    response = press(publisher, edition, "approve")

    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert said(response) == [
        "1가지가 이 지면을 막고 있습니다. "
        f"1번에 끊어진 링크가 있습니다: {DEAD} (HTTP 404 Not Found)"
    ]


def test_a_stop_is_overridden_with_a_reason_and_then_it_can_be_approved(publisher, edition):
    answer = let_pass(publisher, edition)
    page = report_of(publisher, edition)
    press(publisher, edition, "approve")

    edition.refresh_from_db()
    assert said(answer) == ["적어 두었습니다. 이제 지면을 막지 않습니다."]
    assert "Nothing stops this edition." in page
    assert "They move today." in page
    assert edition.state == State.APPROVED
    assert Override.objects.get().by_name == "kim"
    word = AuditEntry.objects.get(act="override")
    assert (word.editor_name, word.message) == ("kim", "Let it pass")
    assert word.reason.startswith("They move today. (")


def test_what_editors_let_pass_stays_on_the_page_of_an_approved_edition(publisher, edition):
    let_pass(publisher, edition)
    press(publisher, edition, "approve")

    page = page_of(publisher, edition)

    assert "What editors let pass" in page
    assert "kim, " in page and "“They move today.”" in page


def test_without_a_reason_nothing_is_overridden(publisher, edition):
    answer = let_pass(publisher, edition, reason=" ")

    assert said(answer) == ["그대로 내보내도 되는 까닭을 적어 주세요. 기록에 남습니다."]
    assert not Override.objects.exists()


def test_on_a_page_that_has_changed_nothing_is_overridden(publisher, edition):
    answer = let_pass(publisher, edition, seen_version=99)

    assert said(answer) == ["여신 뒤에 지면이 바뀌었습니다. 다시 살펴봐 주세요."]
    assert not Override.objects.exists()


def test_who_may_not_approve_may_not_override_and_sees_no_button(client, edition):
    client.force_login(make_member("editor", "lee"))

    answer, page = let_pass(client, edition), report_of(client, edition)

    assert (answer.status_code, Override.objects.count()) == (403, 0)
    assert "1 thing stops this edition." in page
    assert "Let it pass" not in page


def test_overriding_is_not_for_get(publisher, edition):
    assert publisher.get(f"{LIST}{edition.pk}/override/").status_code == 405


def test_a_report_whose_links_are_being_opened_looks_again_by_itself(publisher, daily_papers):
    edition = make_edition(daily_papers)
    waiting = html.fromstring(report_of(publisher, edition)).get_element_by_id("preflight")
    paper = edition.entries.get().paper
    for url in (paper.arxiv_url, paper.pdf_url, paper.discussion_url):
        make_visit(url)

    done = html.fromstring(report_of(publisher, edition)).get_element_by_id("preflight")

    for part in (waiting, done):
        assert part.get("hx-get") == f"/en{LIST}{edition.pk}/preflight/"
        assert part.get("hx-trigger") == "edition:saved from:document"
    (poll,) = waiting.xpath(".//*[starts-with(@hx-trigger, 'every 4s')]")
    assert poll.get("hx-get").startswith(f"/en{LIST}{edition.pk}/preflight/?since=1")
    assert poll.get("hx-target") == "#preflight"
    assert not done.xpath(".//*[starts-with(@hx-trigger, 'every')]")


def test_who_looks_again_gets_nothing_until_a_link_has_answered(publisher, daily_papers):
    edition = make_edition(daily_papers)
    url, now = f"/en{LIST}{edition.pk}/preflight/", int(time.time())
    make_visit(DEAD, visited_at=clock.now() - timedelta(minutes=1))

    answers = [publisher.get(f"{url}?since={since}") for since in (now, now - 120, "then")]

    assert [answer.status_code for answer in answers] == [204, 200, 200]
    assert answers[0].content == b""


def test_the_draft_of_a_correction_has_a_report_once_it_has_its_words(publisher):
    make_subscription()
    correction = begin_correction(make_done_edition())
    without = page_of(publisher, correction)
    correction.renditions.update(intro="It was another map.", subject="Act now")

    assert 'id="preflight"' not in without
    assert 'id="preflight"' in page_of(publisher, correction)
    report = report_of(publisher, correction)
    assert "Nothing stops this edition." in report
    assert "In English the subject has a word that advertisers use." in report


def test_the_page_of_a_draft_leads_to_its_report_also_without_scripts(publisher, edition):
    page = html.fromstring(page_of(publisher, edition))

    (link,) = page.get_element_by_id("preflight").findall("a")
    alone = publisher.get(link.get("href")).content.decode()

    assert "1 thing stops this edition." in alone
    assert 'name="reason"' in alone and "Back to the desk" in alone


def test_check_again_has_all_links_opened_and_still_says_what_they_said(publisher, edition):
    response = press(publisher, edition, "check")

    assert Visit.objects.get().visited_at < clock.now() - timedelta(hours=23)
    assert "1 thing stops this edition." in report_of(publisher, edition)
    assert said(response) == ["모든 링크를 다시 열어 보고 있습니다. 1분쯤 걸립니다."]


def test_within_the_time_to_undo_one_click_makes_it_a_draft_again(publisher, daily_papers):
    edition = make_edition(daily_papers)
    daily_papers.undo_seconds = 60
    daily_papers.save()
    press(publisher, edition, "approve")

    page = html.fromstring(page_of(publisher, edition))
    press(publisher, edition, "reopen")

    edition.refresh_from_db()
    (box,) = page.find_class("undo")
    assert 55 <= int(box.get("data-seconds")) <= 60
    (button,) = box.findall("button")
    assert button.get("formaction") == f"/en{LIST}{edition.pk}/do/reopen/"
    assert edition.state == State.DRAFT


def test_an_edition_that_leaves_tomorrow_counts_nothing_down(publisher, daily_papers):
    edition = make_edition(daily_papers, date=DAY.replace(year=2090))
    press(publisher, edition, "approve")

    assert "data-undo" not in page_of(publisher, edition)


def test_proofs_go_to_the_testers_and_a_second_press_mails_nobody(
    publisher, daily_papers, mailoutbox, django_capture_on_commit_callbacks, eager
):
    make_tester(daily_papers, "dana@testers.example", language="en")
    edition = make_edition(daily_papers)

    with django_capture_on_commit_callbacks(execute=True):
        first = press(publisher, edition, "testers")
        second = press(publisher, edition, "testers")

    assert [(sent.to, sent.reply_to) for sent in mailoutbox] == [
        (["dana@testers.example"], ["kim@paperboy.example"])
    ]
    assert said(first) == ["미리 보는 사람에게 보내고 있습니다. 답장은 편집자님께 갑니다."]
    assert said(second)[-1] == "미리 보는 사람에게 방금 이 지면을 보냈습니다."


def test_without_testers_the_editor_is_told_where_to_add_some(publisher, daily_papers):
    response = press(publisher, make_edition(daily_papers), "testers")

    assert "아직 없습니다" in said(response)[0]


def test_answers_to_a_proof_go_to_the_editor_who_sent_it(publisher, daily_papers, mailoutbox):
    press(publisher, make_edition(daily_papers), "proof")

    assert [sent.reply_to for sent in mailoutbox] == [["kim@paperboy.example"]] * 2


def test_the_language_of_the_desk_is_remembered_for_mails(publisher, daily_papers):
    edition = make_edition(daily_papers)
    languages = []

    for at in ("/en", "", ""):
        page_of(publisher, edition, at)
        languages.append(DeskLanguage.objects.get().language)

    assert languages == ["en", "ko", "ko"]


def test_saving_has_the_links_opened(
    publisher, edition, django_capture_on_commit_callbacks, eager, settings
):
    Visit.objects.all().delete()
    paper = edition.entries.get().paper
    for url in (paper.arxiv_url, paper.pdf_url, paper.discussion_url):
        make_visit(url)
    Paper.objects.update(code_url="http://127.0.0.1:9/")

    with django_capture_on_commit_callbacks(execute=True):
        save(publisher, edition)

    assert Visit.objects.get(url="http://127.0.0.1:9/").state == "private"


@pytest.fixture
def eager():
    """What a worker is woken for is done on the spot."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False
    app.close()
    del app.amqp  # which keeps connections to the broker of this test


@pytest.mark.parametrize("path", ["change", "preflight"])
def test_findings_cost_no_more_queries_however_many(publisher, daily_papers, path):
    few = make_edition(daily_papers, papers=2)
    many = make_edition(daily_papers, papers=12, date="2024-07-04")
    for entry in many.entries.all():
        make_visit(entry.paper.pdf_url, state="gone", said="HTTP 404 Not Found")
    publisher.get(desk_url(few))

    counts = []
    for edition in (few, many):
        with CaptureQueriesContext(connection) as queries:
            publisher.get(f"{LIST}{edition.pk}/{path}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
