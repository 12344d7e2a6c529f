from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.doctor import newsletters
from newsletter.models import Newsletter
from papers.models import Summary
from tests.doctor import facts, found
from tests.factories import make_edition, make_editor, make_leaving_edition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_daily_papers(daily_papers):
    Newsletter.objects.exclude(pk=daily_papers.pk).update(is_active=False)


def soon():
    return timezone.now() + timedelta(hours=8)


def test_without_a_newsletter_in_print_nothing_leaves():
    Newsletter.objects.update(is_active=False)

    assert found(newsletters.newsletters) == [("none-in-print", "stop")]


def test_a_newsletter_wants_a_reader_who_may_be_mailed(daily_papers, bob, carol):
    assert found(newsletters.newsletters) == [("no-readers", "warning")]


def test_a_newsletter_with_readers_and_days_is_well(alice):
    assert found(newsletters.newsletters) == []


def test_a_newsletter_without_days_never_comes_out(alice, daily_papers):
    Newsletter.objects.filter(pk=daily_papers.pk).update(weekdays=[])

    assert found(newsletters.newsletters) == [("no-send-time", "stop")]


def test_where_approval_is_needed_somebody_has_to_be_able_to_give_it(alice, daily_papers):
    Newsletter.objects.filter(pk=daily_papers.pk).update(approval_required=True)
    nobody = found(newsletters.newsletters)
    make_editor(is_superuser=True)

    assert (nobody, found(newsletters.newsletters)) == ([("nobody-approves", "stop")], [])


def test_a_hold_stops_an_edition_and_says_why(daily_papers):
    edition = make_edition(not_before=soon(), hold_reason="Look again at no. 3.")

    assert found(newsletters.editions) == [("edition-on-hold", "stop")]
    assert facts(newsletters.editions) == [
        {"date": f"{edition.date}", "newsletter": daily_papers.name, "why": "Look again at no. 3."}
    ]


def test_a_draft_that_nobody_has_approved_is_said_to_wait(daily_papers):
    make_edition(not_before=soon())
    by_itself = found(newsletters.editions)
    Newsletter.objects.filter(pk=daily_papers.pk).update(approval_required=True)

    assert (by_itself, found(newsletters.editions)) == (
        [],
        [("edition-waits-for-approval", "warning")],
    )


def test_papers_without_a_summary_are_counted(daily_papers):
    edition = make_edition(papers=3, not_before=soon())
    first, second, _ = (entry.paper for entry in edition.printed_entries())
    Summary.objects.filter(paper=first, language="ko").delete()
    Summary.objects.filter(paper=second).delete()

    assert found(newsletters.summaries) == [("summaries-missing", "warning")]
    assert facts(newsletters.summaries)[0]["count"] == 2


def test_a_draft_that_was_built_by_hand_is_nobodys_tomorrow(daily_papers):
    edition = make_edition()
    Summary.objects.filter(paper__entries__edition=edition).delete()

    assert (found(newsletters.editions), found(newsletters.summaries)) == ([], [])


def test_a_promise_that_was_not_kept_is_looked_at():
    kept = make_leaving_edition()
    well = found(newsletters.promises)
    type(kept).objects.update(breaches=[{"check": "extra", "count": 2, "examples": [7, 8]}])

    assert (well, found(newsletters.promises)) == ([], [("promise-broken", "warning")])


def test_a_promise_that_a_correction_did_not_keep_is_looked_at_as_well():
    broken = [{"check": "extra", "count": 1, "examples": [7]}]
    make_leaving_edition(corrects=make_leaving_edition(), breaches=broken)

    assert found(newsletters.promises) == [("promise-broken", "warning")]


def test_nobody_waits_for_the_draft_of_a_correction(daily_papers):
    Newsletter.objects.filter(pk=daily_papers.pk).update(approval_required=True)
    make_edition(corrects=make_leaving_edition(state="done", done_at=timezone.now()), papers=0)

    assert (found(newsletters.editions), found(newsletters.summaries)) == ([], [])
