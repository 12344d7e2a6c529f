import pytest
from django.utils import timezone

from newsletter.approve import approve_edition, reopen_edition
from newsletter.models import Edition, WrongState
from newsletter.morning import LATEST
from newsletter.render import render_edition, what_readers_get
from tests.factories import DAY, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return make_edition(daily_papers, papers=2)


def test_approving_freezes_what_would_be_rendered_in_every_language(edition):
    expected = {language: render_edition(edition, language) for language in ("ko", "en")}

    approve_edition(edition)

    assert dict(edition.renditions.values_list("language", "sha256")) == {
        language: content.sha256 for language, content in expected.items()
    }
    assert what_readers_get(edition, "en") == expected["en"]


def test_what_is_edited_after_the_approval_changes_nothing_that_readers_get(edition):
    approve_edition(edition)
    before = what_readers_get(edition, "en")
    edition.entries.first().paper.summaries.update(whats_new="Another text altogether")

    assert what_readers_get(edition, "en").html == before.html


def test_a_past_edition_leaves_at_once_and_a_coming_one_at_its_send_time(daily_papers):
    past = approve_edition(make_edition(daily_papers))
    tomorrow = timezone.now().date() + timezone.timedelta(days=3)
    coming = approve_edition(make_edition(daily_papers, date=tomorrow))

    assert abs(past.not_before - timezone.now()).total_seconds() < 5
    assert coming.not_before == daily_papers.send_at(tomorrow)
    assert past.expires_at == past.not_before + LATEST + daily_papers.expires_after


def test_a_second_approval_is_refused_and_changes_nothing(edition):
    stale = Edition.objects.get(pk=edition.pk)
    approve_edition(edition)
    frozen_at = edition.renditions.first().frozen_at

    with pytest.raises(WrongState, match="is approved"):
        approve_edition(stale)

    assert edition.renditions.first().frozen_at == frozen_at


def test_an_edition_with_everything_hidden_cannot_be_approved(edition):
    edition.entries.update(hidden=True)

    with pytest.raises(WrongState, match="실을 논문이 없습니다"):
        approve_edition(edition)


def test_a_reopened_edition_is_a_draft_that_renders_anew(edition):
    approve_edition(edition)

    reopen_edition(edition)

    assert (edition.state, edition.content_sha256) == (Edition.State.DRAFT, "")
    edition.entries.first().paper.summaries.update(whats_new="Another text altogether")
    assert "Another text altogether" in what_readers_get(edition, "en").html


def test_the_mail_says_that_an_editor_looked_only_when_one_approved(edition, django_user_model):
    by_itself = render_edition(edition, "en").html
    editor = django_user_model.objects.create_user("editor")

    approve_edition(edition, by=editor)

    said = "An editor has looked over this edition"
    assert said not in by_itself
    assert said in edition.renditions.get(language="en").frozen_html


def test_the_day_of_the_edition_stands_in_its_name(edition):
    assert str(edition) == f"Daily Papers {DAY}"
