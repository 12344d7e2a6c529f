"""A few readers go first, and the rest when nothing was heard of them for a while."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import canary
from newsletter.models import Edition
from tests.factories import make_channel, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    """Of 1,000 readers; five in a hundred go first."""
    daily_papers.canary_percent = 5
    daily_papers.save()
    return make_edition(daily_papers, audience_count=1_000)


@pytest.fixture
def claim(edition):
    channel = make_channel()

    def claim(size: int, accepted: int | None = None, minutes_ago: float = 0):
        """A slice; settled, if it is said how many were accepted."""
        moment = timezone.now() - timedelta(minutes=minutes_ago)
        return edition.slices.create(
            channel=channel,
            lease_until=moment,
            size=size,
            accepted_count=accepted or 0,
            settled_at=None if accepted is None else moment,
        )

    return claim


def test_without_a_canary_nothing_is_counted(edition, django_assert_num_queries):
    edition.newsletter.canary_percent = 0

    with django_assert_num_queries(0):
        assert canary.allowance(edition) is None


def test_the_first_ones_are_so_many_of_the_audience_in_whatever_slices(edition, claim):
    allowed = [canary.allowance(edition)]
    claim(20)
    allowed.append(canary.allowance(edition))
    claim(30)

    assert [*allowed, canary.allowance(edition)] == [50, 30, 0]


def test_of_a_small_audience_one_goes_first(edition):
    edition.audience_count = 3

    assert canary.allowance(edition) == 1


def test_another_goes_in_the_place_of_one_that_was_not_accepted(edition, claim):
    claim(50, accepted=47)

    assert canary.allowance(edition) == 3


def test_the_others_wait_until_ten_minutes_after_the_last_of_them(edition, claim):
    claim(49, accepted=49, minutes_ago=15)
    last = claim(1, accepted=1, minutes_ago=9)
    while_waiting = canary.allowance(edition)
    last.settled_at -= timedelta(minutes=2)
    last.save()

    assert (while_waiting, canary.allowance(edition)) == (0, None)


def test_once_the_others_go_nothing_that_is_settled_later_stops_them(edition, claim):
    claim(50, accepted=50, minutes_ago=11)
    claim(300, accepted=200, minutes_ago=0)
    claim(300)

    assert canary.allowance(edition) is None


def test_a_first_slice_that_is_settled_late_makes_the_others_wait_for_it(edition, claim):
    late = claim(10)
    claim(40, accepted=40, minutes_ago=11)
    before = canary.allowance(edition)
    late.accepted_count, late.settled_at = 10, timezone.now()
    late.save()

    assert (before, canary.allowance(edition)) == (0, 0)


def test_the_newsletter_says_how_long_they_wait(edition, claim):
    claim(50, accepted=50)
    edition.newsletter.canary_wait = timedelta()

    assert canary.allowance(edition) is None
