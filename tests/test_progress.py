"""How an edition on its way stands, without its ledger being counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.deliver import Balance, balance_of, progress
from newsletter.deliver.progress import progress_of, standing
from newsletter.models import Delivery, Edition
from tests.factories import make_delivery, make_leaving_edition, make_slice

State = Delivery.State
pytestmark = pytest.mark.django_db
NEVER_SENT = (State.PENDING, State.SUPPRESSED, State.EXPIRED)


@pytest.fixture
def edition(daily_papers) -> Edition:
    """Two of each state but one in a sender's hands, over two slices; the newer is not settled."""
    edition = make_leaving_edition(daily_papers)
    settled = make_slice(edition, size=10, accepted_count=2)
    held = make_slice(edition, size=1, settled_at=None)
    for state in State:
        if state == State.SENDING:
            make_delivery(edition, part=held, state=state)
            continue
        for _ in range(2):
            make_delivery(edition, part=settled, state=state)
    Edition.objects.filter(pk=edition.pk).update(audience_count=edition.deliveries.count())
    edition.refresh_from_db()
    return edition


def test_it_says_what_the_ledger_says(edition):
    assert progress_of(edition).balance == balance_of(edition)


def test_while_very_many_are_left_it_is_added_up_from_the_slices(edition, monkeypatch):
    monkeypatch.setattr(progress, "MOST_COUNTED", 1)

    assert progress_of(edition).balance == balance_of(edition)


def test_what_evidence_has_settled_counts_near_the_end(edition):
    """The slices do not know of it."""
    edition.deliveries.filter(state=State.IN_DOUBT).update(
        state=State.ACCEPTED, accepted_at=timezone.now()
    )

    assert progress_of(edition).balance == balance_of(edition)


def test_what_was_kept_at_the_end_is_what_it_says_then(edition, django_assert_num_queries):
    edition.final_counts = {"audience_count": 9, "accepted": 9, "claimed": 1}

    with django_assert_num_queries(0):
        assert standing(edition) == Balance(audience_count=9, accepted=9)


def test_it_costs_a_handful_of_queries(edition, django_assert_max_num_queries):
    make_slice(edition, accepted_count=60)  # so that it ends some time

    with django_assert_max_num_queries(5):
        progress_of(edition)


def moved(edition, **fields):
    Edition.objects.filter(pk=edition.pk).update(**fields)
    edition.refresh_from_db()
    return progress_of(edition)


def test_the_rate_is_what_was_accepted_in_the_last_minute(edition):
    now = timezone.now()
    edition.slices.update(claimed_at=now - timedelta(minutes=10))
    make_slice(edition, accepted_count=600, claimed_at=now - timedelta(seconds=30))
    make_slice(edition, accepted_count=600, settled_at=now - timedelta(minutes=2))

    assert round(progress_of(edition).rate) == 10


def test_the_rate_counts_from_the_moment_it_went_on(edition):
    now = timezone.now()
    edition.slices.update(claimed_at=now - timedelta(minutes=10), accepted_count=0)
    make_slice(edition, accepted_count=100)

    assert 9 < moved(edition, resumed_at=now - timedelta(seconds=10)).rate <= 10.1


def test_it_says_until_when_it_goes_at_that_rate(edition):
    now = timezone.now()
    make_slice(edition, accepted_count=60, claimed_at=now - timedelta(minutes=2))

    ends_at = progress_of(edition).ends_at

    assert now < ends_at < now + timedelta(seconds=10)


def test_readers_with_an_hour_of_their_own_are_waited_for(edition):
    evening = timezone.now() + timedelta(hours=9)
    make_slice(edition, accepted_count=60)
    edition.deliveries.filter(state=State.PENDING).update(not_before=evening)

    assert progress_of(edition).ends_at == evening


@pytest.mark.parametrize("fields", [{"hold_reason": "wait"}, {"state": Edition.State.SENDING}])
def test_nobody_says_when_what_does_not_move_will_end(edition, fields):
    edition.slices.update(accepted_count=0)

    assert moved(edition, **fields).ends_at is None
