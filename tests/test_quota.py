"""Quotas hold whoever counts, and begin anew with their window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connections

from newsletter.models import Quota
from newsletter.quota import DAY, HOUR, forget_old, give_back, take, taken

NOON = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


def test_so_many_are_given_and_no_more(db):
    assert [take("letters", 3, HOUR, NOON) for _ in range(5)] == [True] * 3 + [False] * 2
    assert Quota.objects.get().count == 3


def test_names_and_windows_are_counted_apart(db):
    for name in ("letters", "parcels"):
        assert take(name, 1, HOUR, NOON)

    assert not take("letters", 1, HOUR, NOON + timedelta(minutes=29))
    assert take("letters", 1, HOUR, NOON + timedelta(minutes=30))
    assert take("letters", 1, DAY, NOON)


def test_an_hour_and_a_day_that_begin_together_are_counted_apart(db):
    midnight = datetime(2026, 5, 4, tzinfo=UTC)

    for window in (HOUR, DAY):
        assert take("letters", 1, window, midnight)

    assert [taken("letters", window, midnight) for window in (HOUR, DAY)] == [1, 1]
    assert taken("parcels", HOUR, midnight) == 0


def test_what_was_not_used_can_be_given_back(db):
    take("letters", 1, HOUR, NOON)

    give_back("letters", HOUR, NOON)

    assert take("letters", 1, HOUR, NOON)


def test_it_holds_for_many_at_once(transactional_db):
    def work(number: int) -> bool:
        try:
            return take("letters", 7, HOUR, NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(work, range(40))) == 7


def test_old_windows_are_forgotten(db):
    take("letters", 1, HOUR, NOON)

    forget_old(NOON + DAY)
    kept = Quota.objects.count()
    forget_old(NOON + 3 * DAY)

    assert (kept, Quota.objects.count()) == (1, 0)
