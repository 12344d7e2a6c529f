"""The one-click ways out, as their buttons post them."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from newsletter import again, clock
from newsletter.models import AuditEntry, Edition
from papers.mend import mendable
from papers.models import Revision, Summary
from tests.desk import said
from tests.factories import make_edition, make_editor, make_paper, make_summary
from tests.mending import INVENTED, make_flagged_summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def summary():
    return make_flagged_summary()


def press(client, button, summary, query="", **data):
    url = reverse(f"admin:papers_summary_{button}", args=[summary.pk])
    seen = {"seen": summary.written_at.isoformat()}
    return client.post(url + query, seen | data)


def put(client, summary, **data):
    (figure,) = mendable(summary)
    return press(client, "put", summary, part=figure.part, start=figure.start, **data)


def test_one_click_puts_the_figure_right_in_a_new_version_of_the_draft(desk, summary):
    edition = make_edition(papers=[summary.paper])

    put(desk, summary)

    edition.refresh_from_db()
    assert "20억" in Summary.objects.get(pk=summary.pk).whats_new
    assert edition.version == 1


def test_an_approved_edition_has_to_be_reopened_first(desk, summary):
    make_edition(papers=[summary.paper], state=Edition.State.APPROVED)

    answers = [put(desk, summary), press(desk, "excerpt", summary)]

    assert all("먼저 그 승인을 되돌려 주세요" in said(answer)[-1] for answer in answers)
    assert not Revision.objects.exists()


@pytest.mark.parametrize("button", ["put", "excerpt"])
@pytest.mark.parametrize("seen", ["", "yesterday", "2024-07-03T00:00:00+00:00"])
def test_what_somebody_else_wrote_meanwhile_stays(desk, summary, button, seen):
    (figure,) = mendable(summary)

    answer = press(desk, button, summary, part=figure.part, start=figure.start, seen=seen)

    assert "그 사이에" in said(answer)[-1]
    assert not Revision.objects.exists()


def test_a_place_that_is_none_mends_nothing(desk, summary):
    starts = ["²", "9" * 5_000]
    places = [
        {},
        {"part": "pk", "start": "0"},
        *({"part": "whats_new", "start": s} for s in starts),
    ]
    for nonsense in places:
        press(desk, "put", summary, **nonsense)

    assert not Revision.objects.exists()


def test_the_way_back_is_a_page_of_this_site(desk, summary):
    ours = press(desk, "excerpt", summary, "?back=/admin/")
    theirs = press(desk, "excerpt", summary, "?back=https://elsewhere.example/")

    assert ours.url == "/admin/"
    assert theirs.url == reverse("admin:papers_summary_change", args=[summary.pk])


def test_without_an_abstract_the_editor_is_told(desk):
    summary = make_summary(make_paper(abstract=""), **INVENTED)

    answer = press(desk, "excerpt", summary)

    assert "초록이 없" in said(answer)[-1]


def test_without_a_model_none_is_asked(desk, summary):
    press(desk, "again", summary)

    assert not again.is_asked(summary.pk, clock.now())


@pytest.fixture
def model(settings):
    """It is never reached: nobody has given it anything long enough to read."""
    settings.LLM_MODELS = [
        {"provider": "openai-compatible", "name": "large", "base_url": "http://127.0.0.1:9/v1"}
    ]


def test_a_model_is_asked_once_however_often_the_button_is_pressed(desk, summary, model):
    once, twice = press(desk, "again", summary), press(desk, "again", summary)

    assert again.is_asked(summary.pk, clock.now())
    assert "맡겼습니다" in said(once)[0] and "이미" in said(twice)[-1]


def test_the_trail_names_who_had_a_model_asked(desk, summary, model):
    press(desk, "again", summary)
    press(desk, "again", summary)

    (entry,) = AuditEntry.objects.about(Summary, str(summary.pk))
    assert (entry.editor, entry.words) == (User.objects.get(), "모델에게 다시 맡기기")


def test_an_approval_that_came_between_is_told_for_why_nothing_was_written(desk, summary, model):
    press(desk, "again", summary)
    make_edition(papers=[summary.paper], state=Edition.State.APPROVED)
    again.write_again(summary.pk)

    url = reverse("admin:papers_summary_again", args=[summary.pk])
    answer = desk.get(url, {"seen": summary.written_at.isoformat()}).content.decode()

    assert "먼저 그 승인을 되돌려 주세요" in answer and "새로 썼습니다" not in answer


def test_what_a_person_wrote_is_not_handed_to_a_model(desk, model):
    summary = make_summary(make_paper(), writer="editor")

    press(desk, "again", summary)

    assert not again.is_asked(summary.pk, clock.now())


def test_the_page_is_told_nothing_while_a_model_writes_and_then_what_came_of_it(desk, model):
    summary = make_summary(make_paper(), writer="model")
    url = reverse("admin:papers_summary_again", args=[summary.pk])
    seen = {"seen": summary.written_at.isoformat()}
    again.ask(summary.pk, clock.now())
    while_it_writes = desk.get(url, seen)
    again.write_again(summary.pk)

    nothing, something = desk.get(url, seen), desk.get(url, {"seen": "2024-07-03"})

    assert (while_it_writes.status_code, while_it_writes.content) == (204, b"")
    assert "새로 썼습니다" in something.content.decode()
    assert "새로 썼습니다" not in nothing.content.decode()


def test_who_may_only_look_sees_why_and_no_button(client, summary):
    client.force_login(make_editor(may="view"))

    page = client.get(reverse("admin:papers_summary_change", args=[summary.pk])).content.decode()

    assert 'id="why"' in page
    assert "use-excerpt" not in page and 'form="put-' not in page
