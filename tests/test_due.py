from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from newsletter import due
from newsletter.approve import approve_edition
from newsletter.deliver import begin, ledger
from newsletter.models import Edition
from newsletter.tasks import BUILD_EVERY
from papers.models import Pull
from tests.factories import DAY, make_edition, make_newsletter, make_slice

State = Edition.State
BUILD = datetime(2024, 7, 3, 21, 0, tzinfo=UTC)  # six on Thursday morning in Seoul
SEND = BUILD + timedelta(hours=1)
EXPIRY = SEND + timedelta(hours=12)
pytestmark = pytest.mark.django_db


def test_the_build_time_opens_one_edition_with_its_send_time_and_expiry(daily_papers):
    due.open_editions(BUILD)
    due.open_editions(BUILD + timedelta(minutes=1))

    (edition,) = Edition.objects.all()
    assert (edition.date, edition.not_before, edition.expires_at) == (DAY, SEND, EXPIRY)


def test_an_inactive_newsletter_opens_no_edition(daily_papers):
    daily_papers.is_active = False
    daily_papers.save()

    due.open_editions(BUILD)

    assert not Edition.objects.exists()


def test_a_build_is_taken_by_one_worker_and_again_when_that_one_died(daily_papers):
    due.open_editions(BUILD)
    (edition,) = due.builds_due(BUILD)

    taken = [edition.claim_build(BUILD, again_at=BUILD + BUILD_EVERY) for _ in range(2)]

    assert taken == [True, False]
    assert list(due.builds_due(BUILD + timedelta(minutes=1))) == []
    assert list(due.builds_due(BUILD + BUILD_EVERY)) == [edition]


def test_a_draft_goes_out_by_itself_at_its_send_time_and_not_before(daily_papers):
    edition = make_edition(daily_papers, not_before=SEND, expires_at=EXPIRY)

    assert list(due.approvals_due(SEND - timedelta(seconds=1))) == []
    assert list(due.approvals_due(SEND)) == [edition]
    assert list(due.approvals_due(EXPIRY)) == []


def test_a_draft_that_needs_approval_or_is_on_hold_waits(daily_papers):
    waits = make_newsletter(approval_required=True)
    make_edition(waits, not_before=SEND, expires_at=EXPIRY)
    make_edition(daily_papers, not_before=SEND, expires_at=EXPIRY, hold_reason="look again")

    assert list(due.approvals_due(SEND)) == []


def test_a_draft_that_was_built_by_hand_does_not_go_out_by_itself(daily_papers):
    make_edition(daily_papers)

    assert list(due.approvals_due(timezone.now())) == []


def test_an_approved_edition_is_sent_from_its_send_time_on(daily_papers):
    edition = approve_edition(make_edition(daily_papers, date=timezone.now().date()))

    assert list(due.sendings_due(edition.not_before - timedelta(seconds=1))) == []
    assert list(due.sendings_due(edition.not_before)) == [edition]


def test_a_newsletter_out_of_print_neither_builds_nor_sends(daily_papers):
    daily_papers.is_active = False
    daily_papers.save()
    times = {"not_before": SEND, "expires_at": EXPIRY}
    make_edition(daily_papers, **times)
    make_edition(daily_papers, date=DAY - timedelta(days=1), state=State.SCHEDULED, **times)

    assert list(due.approvals_due(SEND)) == []
    assert list(due.builds_due(SEND)) == []


def test_an_edition_has_at_most_two_senders_at_a_time(daily_papers, alice, emma, bob):
    edition = approve_edition(make_edition(daily_papers))
    begin(edition)
    now = timezone.now()
    make_slice(edition, owner="first", settled_at=None)
    with_one = list(due.sendings_due(now))
    held = make_slice(edition, owner="second", settled_at=None)
    with_two = list(due.sendings_due(now))
    ledger.settle(held, ledger.Outcomes())

    assert (with_one, with_two) == ([edition], [])
    assert list(due.sendings_due(now)) == [edition]


def test_lists_are_asked_for_today_and_three_days_back_until_they_are_fresh(daily_papers):
    now = timezone.now()
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(4)]

    assert sorted(day for _, day in due.pulls_due(now)) == sorted(days)
    for day in days[1:]:
        Pull.objects.create(source="huggingface", date=day, attempted_at=now)
    assert due.pulls_due(now) == [("huggingface", today)]
