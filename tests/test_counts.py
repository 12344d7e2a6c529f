from datetime import UTC, datetime, timedelta

import pytest

from newsletter import counts
from newsletter.models import ReaderDay, Subscription
from tests.factories import (
    make_edition,
    make_newsletter,
    make_subscription,
)

NOON = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)  # noon of 4 March in Seoul
MIDNIGHT = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db

State = Subscription.State


def reader(confirmed_at, *, created_at=None, **fields):
    subscription = make_subscription(confirmed_at=confirmed_at, **fields)
    rows = Subscription.objects.filter(pk=subscription.pk)
    rows.update(created_at=created_at or confirmed_at - timedelta(minutes=5))
    return subscription


def leaver(left_at, **fields):
    known_since = NOON - timedelta(days=40)
    return reader(known_since, state=State.UNSUBSCRIBED, unsubscribed_at=left_at, **fields)


def days():
    columns = ("date", "confirmed_count", "joined_count", "left_count")
    rows = ReaderDay.objects.order_by("date").values_list(*columns)
    return {f"{date:%d}": tuple(numbers) for date, *numbers in rows}


def test_a_day_is_one_of_the_newsletters_own_calendar(daily_papers):
    reader(MIDNIGHT - timedelta(seconds=1))
    reader(MIDNIGHT)
    leaver(MIDNIGHT - timedelta(seconds=1))
    leaver(MIDNIGHT)

    counts.keep(NOON)

    assert days() == {"04": (2, 1, 1)}


def test_yesterday_is_counted_to_its_end_and_keeps_how_many_there_were(daily_papers):
    reader(MIDNIGHT - timedelta(hours=5))
    counts.keep(MIDNIGHT - timedelta(hours=4))
    reader(MIDNIGHT - timedelta(minutes=1))
    leaver(MIDNIGHT - timedelta(minutes=1))

    counts.keep(NOON)

    assert days() == {"03": (1, 2, 1), "04": (2, 0, 0)}


def test_who_came_from_a_file_has_joined_on_that_day_wherever_they_confirmed_before(daily_papers):
    reader(NOON - timedelta(days=900), created_at=NOON)

    counts.keep(NOON)

    assert days() == {"04": (1, 1, 0)}


def test_who_was_no_reader_or_goes_on_under_another_address_has_not_left(daily_papers):
    survivor = reader(NOON - timedelta(days=9))
    leaver(NOON, merged_into=survivor)
    never = make_subscription(state=State.UNSUBSCRIBED, confirmed_at=None, unsubscribed_at=NOON)
    in_a_file = leaver(NOON - timedelta(minutes=1))
    Subscription.objects.filter(pk__in=[never.pk, in_a_file.pk]).update(created_at=NOON)

    counts.keep(NOON)

    assert days() == {"04": (1, 0, 0)}


def test_counting_twice_counts_the_same(daily_papers):
    reader(NOON)

    counts.keep(NOON)
    counts.keep(NOON)

    assert days() == {"04": (1, 1, 0)}


def test_each_newsletter_has_its_own_readers_and_one_out_of_print_is_not_counted(daily_papers):
    reader(NOON, newsletter=make_newsletter())
    reader(NOON, newsletter=make_newsletter(is_active=False))

    counts.keep(NOON)

    assert sorted(ReaderDay.objects.values_list("confirmed_count", flat=True)) == [0, 1]


def readers_of_all_sorts():
    for language, rhythm, paused_until in [
        ("ko", "daily", None),
        ("ko", "daily", None),
        ("en", "daily", None),
        ("en", "daily", NOON + timedelta(days=900)),
        ("en", "weekly", None),
    ]:
        make_subscription(language=language, rhythm=rhythm, paused_until=paused_until)
    make_subscription(state=State.UNSUBSCRIBED)


def test_whom_an_edition_would_go_to_is_counted_while_they_are_few(daily_papers):
    readers_of_all_sorts()
    edition = make_edition(daily_papers)
    counts.keep(NOON)
    make_subscription(language="ko")

    assert counts.would_get(edition) == {"ko": 3, "en": 1}


def test_whom_a_roundup_would_go_to_are_those_who_chose_it(daily_papers):
    readers_of_all_sorts()

    assert counts.would_get(make_edition(daily_papers.roundup)) == {"en": 1}


@pytest.mark.parametrize("is_roundup", [False, True])
def test_many_are_as_the_clock_last_counted_them(
    daily_papers, is_roundup, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(counts, "MOST_COUNTED", 0)
    readers_of_all_sorts()
    edition = make_edition(daily_papers.roundup if is_roundup else daily_papers)
    counts.keep(NOON)
    make_subscription(language="ko")

    with django_assert_num_queries(1):
        kept = counts.would_get(edition)

    assert kept == ({"en": 1} if is_roundup else {"ko": 2, "en": 1})
