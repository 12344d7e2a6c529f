"""Rates of channels and of receiving domains, and how long a refused channel waits."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F
from django.utils import timezone

from newsletter import pace
from newsletter.addressee import Addressee
from newsletter.models import Bucket, Channel
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def addressees(*addresses: str) -> list[Addressee]:
    return [Addressee(number, number, 1, each) for number, each in enumerate(addresses, start=1)]


def later(seconds: float) -> None:
    """Let time pass for every bucket."""
    gone = timedelta(seconds=seconds)
    Bucket.objects.update(paid_until=F("paid_until") - gone, booked_until=F("booked_until") - gone)


def seconds_cool(channel: Channel) -> float:
    return (channel.cool_until - timezone.now()).total_seconds()


# A channel's rate


def test_a_channel_without_a_rate_grants_everything_and_asks_nobody(django_assert_num_queries):
    channel = make_channel()

    with django_assert_num_queries(0):
        granted = pace.grant(channel, 100_000)
        pace.give_back(channel, 100_000)
        limited = pace.over_limit(channel, addressees("alice@naver.com"))

    assert (granted, limited) == (100_000, {})


def test_a_tenth_of_a_second_may_leave_at_once_and_then_as_much_as_the_rate_allows():
    channel = make_channel(rate=1_000)
    first = pace.grant(channel, 5_000)
    later(10)
    began_at = time.monotonic()

    assert (first, pace.grant(channel, 40)) == (100, 40)
    rest = pace.grant(channel, 5_000)
    assert 60 <= rest <= min(60 + 1_000 * (time.monotonic() - began_at), 100)


def test_a_slow_channel_grants_a_mail_and_then_none_until_it_is_due():
    channel = make_channel(rate=0.5)
    first = [pace.grant(channel, 10), pace.grant(channel, 10)]
    later(1.5)
    second = pace.grant(channel, 10)
    later(0.5)

    assert (first, second, pace.grant(channel, 10)) == ([1, 0], 0, 1)


def test_what_did_not_leave_is_granted_again():
    channel = make_channel(rate=100)
    began_at = time.monotonic()
    pace.grant(channel, 10)

    pace.give_back(channel, 7)

    assert 7 <= pace.grant(channel, 10) <= 7 + 100 * (time.monotonic() - began_at)


def test_a_database_clock_that_was_set_back_stops_nothing():
    channel = make_channel(rate=100)
    pace.grant(channel, 10)
    later(-86_400)

    began_at = time.monotonic()
    assert pace.grant(channel, 10) == 10
    assert pace.grant(channel, 10) <= 100 * (time.monotonic() - began_at)


def test_no_second_exceeds_the_rate_by_a_tenth_and_no_rate_is_wasted(transactional_db):
    channel = make_channel(rate=200)
    starts = time.monotonic()
    ends = starts + 3

    def take(number):
        granted = []
        try:
            while time.monotonic() < ends:
                asked_at = time.monotonic()
                granted.append((asked_at, pace.grant(channel, 1_000), time.monotonic()))
        finally:
            connections.close_all()
        return granted

    with ThreadPoolExecutor(3) as threads:
        granted = sorted(each for some in threads.map(take, range(3)) for each in some)

    seconds = [
        sum(
            count
            for asked, count, at in granted
            if begin <= asked - starts and at - starts < begin + 1
        )
        for begin in (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75)
    ]
    assert max(seconds) <= 220
    assert sum(count for _, count, _ in granted) >= 0.9 * 200 * (3 - unasked(granted))


def unasked(granted):
    """Seconds in which a busy machine let nobody ask, so that what the bucket can hold was full."""
    moments = [at for _, count, at in granted if count]
    return sum(max(0, later - earlier - 0.1) for earlier, later in pairwise(moments))


# A receiving domain's rate


def test_a_domain_takes_a_seconds_mails_and_the_others_come_back_at_its_rate():
    channel = make_channel(domain_rates={"naver.com": 2})
    readers = addressees(*["alice@naver.com"] * 5, "emma@example.org")

    assert pace.over_limit(channel, readers) == {3: 0.5, 4: 1.0, 5: 1.5}


def test_whoever_is_put_off_later_comes_back_behind_those_before():
    channel = make_channel(domain_rates={"naver.com": 2})
    readers = addressees(*["alice@naver.com"] * 5)
    pace.over_limit(channel, readers)

    waits = pace.over_limit(channel, readers)

    assert list(waits) == [1, 2, 3, 4, 5]
    assert list(waits.values()) == pytest.approx([2.0, 2.5, 3.0, 3.5, 4.0], abs=0.2)


def test_those_who_come_back_when_they_were_told_may_leave():
    channel = make_channel(domain_rates={"naver.com": 2})
    readers = addressees(*["alice@naver.com"] * 6)
    waits = pace.over_limit(channel, readers)
    left = []
    for _ in range(3):
        later(1)
        waits = {delivery: wait - 1 for delivery, wait in waits.items()}
        back = [each for each in readers if waits.get(each.delivery_id, 1) <= 0]
        late = pace.over_limit(channel, back)
        left += [each.delivery_id for each in back if each.delivery_id not in late]
        waits = {key: wait for key, wait in waits.items() if wait > 0} | late

    assert (left, waits) == ([3, 4, 5, 6], {})


@pytest.mark.parametrize(
    ("address", "waits"),
    [
        ("alice@naver.com", True),
        ("alice@NAVER.com", True),
        ("alice@mail.naver.com", False),
        ("alice@notnaver.com", False),
        ("alice@xn--pypal-4ve.com", True),
        ("alice@pаypal.com", True),  # the second letter is Cyrillic
        ("alice@paypal.com", False),
        (f"alice@{'a' * 64}.com", False),
    ],
)
def test_a_limit_is_for_its_own_domain_however_that_is_spelt(address, waits):
    channel = make_channel(domain_rates={"naver.com": 1, "xn--pypal-4ve.com": 1})

    assert bool(pace.over_limit(channel, addressees(address, address))) is waits


@pytest.mark.parametrize(
    "rates",
    [
        ["naver.com"],
        {"Naver.com": 5},
        {"@naver.com": 5},
        {"한국.kr": 5},
        {"naver": 5},
        {"naver.com": 0},
        {"naver.com": True},
        {"naver.com": "5"},
    ],
)
def test_a_domains_rate_that_would_limit_nothing_is_refused(rates):
    with pytest.raises(ValidationError):
        Channel(name="default", domain_rates=rates).full_clean()


# Cooling


def test_a_channel_cools_as_long_as_it_was_asked_to_but_not_over_an_hour():
    waits = []
    for number, asked in enumerate([0, 30, 86_400]):
        channel = make_channel(f"c{number}")
        pace.cool(channel, asked)
        waits.append(round(seconds_cool(channel)))

    assert waits == [1, 30, 3_600]


def test_a_shorter_wish_does_not_shorten_a_longer_one():
    channel = make_channel()
    pace.cool(channel, 60)

    pace.cool(channel, 5)

    assert round(seconds_cool(channel)) == 60


def test_without_a_wish_the_wait_grows_at_random_from_a_second_to_ten_minutes(monkeypatch):
    monkeypatch.setattr("random.uniform", lambda least, most: most)
    channel = make_channel()
    waits = []
    for _ in range(12):
        pace.cool(channel, None)
        waits.append(round(seconds_cool(channel)))
        Channel.objects.update(cool_until=timezone.now() - timedelta(seconds=1))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def test_senders_refused_together_double_the_wait_once():
    first, second = make_channel(), Channel.objects.get()

    pace.cool(first, None)
    pace.cool(second, None)

    assert (second.cool_count, second.cool_until) == (1, first.cool_until)


def test_a_mail_that_leaves_later_resets_the_wait_and_one_that_left_before_does_not():
    channel = make_channel()
    pace.cool(channel, 60)
    Channel.objects.update(cool_count=4)
    channel.refresh_from_db()
    pace.warm(channel)
    before = channel.cool_count
    Channel.objects.update(cool_until=timezone.now() - timedelta(seconds=1))

    pace.warm(channel)

    assert (before, channel.cool_count) == (4, 0)


def test_a_mail_that_leaves_by_a_healthy_channel_costs_no_query(django_assert_num_queries):
    channel = make_channel()

    with django_assert_num_queries(0):
        pace.warm(channel)


# A change of it


def test_a_rate_is_changed_by_whoever_saw_the_one_that_it_has():
    channel = make_channel(rate=5.0)

    changes = [pace.change(channel, rate, seen=5.0) for rate in (20.0, 30.0)]

    assert (changes, channel.rate) == ([True, False], 20.0)


@pytest.mark.parametrize(("before", "after"), [(None, 5.0), (5.0, None), (5.0, 6.0)])
def test_a_slice_knows_that_it_was_claimed_under_another_rate(before, after):
    channel = make_channel(rate=before)
    claimed_with = Channel.objects.get(pk=channel.pk)
    as_claimed = [pace.is_as_claimed(claimed_with)]
    pace.change(channel, after, seen=before)

    assert [*as_claimed, pace.is_as_claimed(claimed_with)] == [True, False]
