import pytest

from newsletter.models import Edition
from papers.models import Summary
from tests.desk import desk_url, filled_form, said
from tests.factories import make_edition, make_paper


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


def test_no_rewriting_is_taken_back_under_an_approval(desk, edition):
    summary = Summary.objects.get(paper__title="Alpha", language="ko")
    rewrite(desk, summary, "새 글.")
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.APPROVED)

    url = f"/admin/papers/summary/{summary.pk}/revisions/{summary.revisions.get().pk}/undo/"
    answer = desk.post(url)

    summary.refresh_from_db()
    assert summary.whats_new == "새 글."
    assert any("먼저 그 승인을 되돌려 주세요" in text for text in said(answer))
