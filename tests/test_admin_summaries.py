import pytest

from newsletter.models import Edition
from papers.models import Summary
from tests.desk import desk_url, filled_form
from tests.factories import make_edition, make_editor, make_paper


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


@pytest.fixture
def edition(db):
    return make_edition(papers=[make_paper(title="Alpha")])


def rewrite(client, summary, text):
    url = f"/admin/papers/summary/{summary.pk}/change/"
    return client.post(url, filled_form(client, url, "summary_form") | {"whats_new": text})


def test_a_rewritten_summary_is_a_new_version_for_whoever_has_the_draft_open(desk, edition):
    form = filled_form(desk, desk_url(edition))
    rewrite(desk, Summary.objects.get(paper__title="Alpha", language="ko"), "새 글.")

    desk.post(desk_url(edition), form | {"_then": "approve"})

    edition.refresh_from_db()
    assert (edition.version, edition.state) == (1, Edition.State.DRAFT)


def test_the_summaries_of_an_approved_edition_stand_as_they_are(desk, edition):
    summary = Summary.objects.get(paper__title="Alpha", language="ko")
    url = f"/admin/papers/summary/{summary.pk}/change/"
    form = filled_form(desk, url, "summary_form")
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.APPROVED)

    answer = desk.post(url, form | {"whats_new": "새 글."})
    page = desk.get(url).content.decode()

    before = summary.whats_new
    summary.refresh_from_db()
    assert (answer.status_code, summary.whats_new) == (403, before)
    assert "승인했거나 나가고 있는 지면에 실린 요약" in page
