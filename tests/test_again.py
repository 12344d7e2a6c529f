from datetime import date, timedelta

import pytest
from django.utils import timezone

from newsletter import again
from newsletter.models import Edition
from papers.models import Revision, Summary
from tests.factories import make_edition
from tests.mending import CLAIMS, make_flagged_summary

NOW = timezone.now()
pytestmark = pytest.mark.django_db


@pytest.fixture
def summary():
    return make_flagged_summary()


def test_a_model_is_asked_once_until_it_is_done(summary):
    first, second = again.ask(summary.pk, NOW), again.ask(summary.pk, NOW)
    again.write_again(summary.pk)

    assert (first, second) == (True, False)
    assert not again.is_asked(summary.pk, timezone.now())


def test_what_was_asked_for_at_the_end_of_a_window_is_asked_for_still_in_the_next(summary):
    again.ask(summary.pk, NOW)

    assert again.is_asked(summary.pk, NOW + again.WAITS)
    assert not again.is_asked(summary.pk, NOW + 2 * again.WAITS + timedelta(seconds=1))


def test_without_a_model_the_summary_stays_as_it_is(summary):
    again.write_again(summary.pk)

    assert Summary.objects.get(pk=summary.pk).claims == CLAIMS
    assert not Revision.objects.exists()


def test_nothing_is_written_under_an_approval(summary, settings):
    settings.LLM_MODELS = [{"provider": "nobody", "name": "asked"}]
    edition = make_edition(papers=[summary.paper], state=Edition.State.APPROVED)

    again.write_again(summary.pk)

    edition.refresh_from_db()
    assert (edition.version, Revision.objects.count()) == (0, 0)


def test_what_is_written_anew_is_in_the_history_and_a_new_version_of_its_draft(summary, models):
    draft, other = make_edition(papers=[summary.paper]), make_edition(date=date(2024, 7, 9))

    again.write_again(summary.pk)

    summary.refresh_from_db()
    assert (summary.writer, len(models.asked)) == (Summary.Writer.MODEL, 1)
    (revision,) = Revision.objects.filter(summary=summary)
    assert revision.before["claims"] == CLAIMS != summary.claims
    versions = Edition.objects.in_bulk([draft.pk, other.pk])
    assert [versions[each.pk].version for each in (draft, other)] == [1, 0]
