"""The time to undo: between an approval, or the send time, and the first mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import tasks
from newsletter.approve import approve_edition, reopen_edition
from newsletter.deliver import begin, deliver_edition
from newsletter.models import Delivery, Edition, WrongState
from tests.factories import make_edition

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(daily_papers):
    daily_papers.undo_seconds = 60
    daily_papers.save()
    return daily_papers


@pytest.fixture
def edition(newsletter) -> Edition:
    return make_edition(newsletter)


def test_the_first_mail_leaves_a_minute_after_the_approval(edition, alice, relay, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    approve_edition(edition)

    assert edition.not_before == timezone.now() + timedelta(seconds=60)


def test_or_a_minute_after_the_send_time_that_is_to_come(newsletter):
    day = timezone.now().date() + timedelta(days=3)

    edition = approve_edition(make_edition(newsletter, date=day))

    assert edition.not_before == newsletter.send_at(day) + timedelta(seconds=60)


def test_nothing_leaves_before_it_is_over(edition, alice, relay):
    approve_edition(edition)

    deliver_edition(edition)

    assert (edition.state, relay.recipients) == (State.APPROVED, [])


def test_one_click_within_it_makes_a_draft_that_no_clock_sends(edition, alice, relay):
    approve_edition(edition)
    reopen_edition(edition)
    past = timezone.now() - timedelta(minutes=5)
    Edition.objects.update(not_before=past)

    due = list(tasks.approvals_due(timezone.now()))
    tasks.approve_unattended(edition.pk)
    tasks.send_edition(edition.pk)

    edition.refresh_from_db()
    assert (due, edition.state, relay.recipients) == ([], State.DRAFT, [])
    assert not Delivery.objects.exists()


def test_approved_anew_it_goes(edition, alice, relay):
    reopen_edition(approve_edition(edition))
    edition.newsletter.undo_seconds = 0

    deliver_edition(approve_edition(edition))

    assert (edition.state, relay.recipients) == (State.DONE, ["alice@example.org"])


def test_once_it_has_begun_to_leave_it_is_too_late(edition, alice):
    edition.newsletter.undo_seconds = 0
    stale = Edition.objects.get(pk=approve_edition(edition).pk)
    begin(edition)

    with pytest.raises(WrongState, match="cannot become draft"):
        reopen_edition(stale)


def test_without_it_an_edition_leaves_at_once(edition, alice, relay):
    edition.newsletter.undo_seconds = 0

    deliver_edition(approve_edition(edition))

    assert relay.recipients == ["alice@example.org"]
