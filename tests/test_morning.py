"""When an edition is due to whom: hours, zones, clocks that are changed, weekdays and pauses."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import balance_of, begin, deliver_edition
from newsletter.deliver.foreground import who_waits
from newsletter.models import Delivery, Edition, Newsletter, Subscription
from newsletter.morning import bits, first_at, morning, weekdays
from newsletter.verify import verify_edition
from tests.factories import make_edition, make_subscription

pytestmark = pytest.mark.django_db

SEOUL, BERLIN, LOS_ANGELES = "Asia/Seoul", "Europe/Berlin", "America/Los_Angeles"
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


@pytest.fixture
def everyday(daily_papers) -> Newsletter:
    """Seven editions a week, each at 7:00 in Seoul on the morning after its date."""
    daily_papers.weekdays = EVERY_DAY
    daily_papers.save()
    return daily_papers


def planned(newsletter: Newsletter, day: date) -> Edition:
    """As if it left at the time it is planned for."""
    return Edition(newsletter=newsletter, date=day, not_before=newsletter.send_at(day))


def frozen(newsletter: Newsletter, day: date, **fields) -> Edition:
    edition = approve_edition(make_edition(newsletter, date=day))
    Edition.objects.filter(pk=edition.pk).update(**fields)
    edition.refresh_from_db()
    begin(edition)
    return edition


@pytest.mark.parametrize(
    "zone", [SEOUL, BERLIN, LOS_ANGELES, "Australia/Lord_Howe", "Asia/Kathmandu"]
)
@pytest.mark.parametrize("month", [3, 4, 10, 11])
def test_each_day_has_one_morning_at_the_chosen_hour_also_when_clocks_change(everyday, zone, month):
    days = [date(2026, month, 1) + timedelta(days=n) for n in range(30)]

    found = [morning(planned(everyday, day), zone, 7).at.astimezone(ZoneInfo(zone)) for day in days]

    assert {each.time() for each in found} == {time(7)}
    assert [each.date() - found[0].date() for each in found] == [timedelta(n) for n in range(30)]


@pytest.mark.parametrize(
    ("hour", "zone", "day", "at"),
    [
        (2, BERLIN, date(2026, 3, 29), "03:00+0200"),  # 2:00 is left out
        (2, BERLIN, date(2026, 10, 25), "02:00+0200"),  # 2:00 comes twice
        (2, LOS_ANGELES, date(2026, 3, 8), "03:00-0700"),
        (1, LOS_ANGELES, date(2026, 11, 1), "01:00-0700"),
        (0, "America/Santiago", date(2026, 9, 6), "01:00-0300"),  # there is no midnight
    ],
)
def test_an_hour_that_is_left_out_is_an_hour_later_and_one_that_comes_twice_the_first(
    hour, zone, day, at
):
    day_before = datetime.combine(day, time(), ZoneInfo(zone)) - timedelta(hours=6)

    found = first_at(hour, day_before, ZoneInfo(zone))

    local = found.astimezone(ZoneInfo(zone))
    assert (local.date(), f"{local:%H:%M%z}") == (day, at)


def test_an_edition_that_is_late_is_due_at_once_to_those_whose_hour_has_passed(everyday):
    edition = planned(everyday, date(2026, 5, 4))
    edition.not_before += timedelta(hours=5)  # noon in Seoul, 5 in the morning in Berlin

    assert morning(edition, SEOUL, 8).at == edition.not_before
    assert morning(edition, BERLIN, 7).at == edition.not_before + timedelta(hours=2)


def test_an_edition_that_leaves_early_waits_for_the_hours_that_readers_chose(everyday):
    edition = planned(everyday, date(2026, 5, 4))
    planned_at = edition.not_before
    edition.not_before -= timedelta(hours=3)

    assert morning(edition, "", None).at == edition.not_before
    assert morning(edition, SEOUL, 7).at == planned_at


def test_weekdays_are_kept_a_bit_a_day():
    assert [weekdays(bits(days)) for days in ([], [1], [7], [5, 1], EVERY_DAY)] == [
        [],
        [1],
        [7],
        [1, 5],
        EVERY_DAY,
    ]
    assert Subscription().weekdays == bits(EVERY_DAY)


def test_rows_are_due_at_each_readers_hour_and_are_old_news_as_long_after_it(everyday):
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    choices = [("", None), ("", 9), (BERLIN, None), (BERLIN, 7), (LOS_ANGELES, 7), (LOS_ANGELES, 8)]
    for time_zone, hour in choices:
        make_subscription(time_zone=time_zone, hour=hour)
    at = everyday.send_at(tomorrow)

    edition = frozen(everyday, tomorrow, not_before=timezone.now())

    rows = edition.deliveries.order_by("subscriber__subscriptions").values_list(
        "subscriber__subscriptions__time_zone",
        "subscriber__subscriptions__hour",
        "not_before",
        "expires_at",
    )
    assert [row[:2] for row in rows] == choices
    for time_zone, hour, not_before, expires_at in rows:
        zone = ZoneInfo(time_zone or SEOUL)
        due_at = first_at(hour, at, zone) if hour is not None else edition.not_before
        assert (not_before, expires_at) == (due_at, due_at + everyday.expires_after)
    assert verify_edition(edition) == []


def test_nothing_leaves_before_the_readers_hour_and_the_edition_waits_for_it(relay, everyday):
    day = timezone.now().date()
    make_subscription("seoul@example.org")
    make_subscription("berlin@example.org", time_zone=BERLIN, hour=7)
    edition = frozen(everyday, day, not_before=timezone.now())
    Delivery.objects.filter(subscriber__email="berlin@example.org").update(
        not_before=timezone.now() + timedelta(hours=7)
    )

    deliver_edition(edition)
    sent_first = list(relay.recipients)
    Delivery.objects.update(not_before=timezone.now())
    still_sending = edition.state
    deliver_edition(edition)

    assert (sent_first, still_sending) == (["seoul@example.org"], Edition.State.SENDING)
    assert relay.recipients == ["seoul@example.org", "berlin@example.org"]
    assert edition.state == Edition.State.DONE


def test_whoever_waits_in_the_foreground_is_told_until_when_and_only_then(everyday):
    for email in ("seoul@example.org", "berlin@example.org"):
        make_subscription(email)
    edition = frozen(everyday, timezone.now().date(), not_before=timezone.now())
    berlin = edition.deliveries.filter(subscriber__email="berlin@example.org")
    berlin.update(not_before=datetime(2030, 5, 4, 5, tzinfo=UTC))

    before = who_waits(edition)
    edition.deliveries.exclude(pk__in=berlin).update(state="suppressed")

    assert (before, who_waits(edition)) == (
        "",
        "Left to readers with an hour of their own: 1; "
        "the last mail leaves at 2030-05-04 05:00 UTC.",
    )


def test_what_is_old_news_to_a_reader_ends_unsent_and_the_others_get_theirs(relay, everyday):
    for email in ("late@example.org", "here@example.org"):
        make_subscription(email)
    edition = frozen(everyday, timezone.now().date(), not_before=timezone.now())
    late = edition.deliveries.filter(subscriber__email="late@example.org")
    late.update(expires_at=timezone.now())

    deliver_edition(edition)

    assert relay.recipients == ["here@example.org"]
    balance = balance_of(edition)
    assert (balance.accepted, balance.expired, edition.state) == (1, 1, Edition.State.DONE)
    assert verify_edition(edition) == []


def test_readers_get_it_on_their_weekdays_only_by_their_own_calendar(everyday):
    day = date(2026, 5, 4)  # leaves at 7:00 on Tuesday in Seoul, when it is Monday in Los Angeles
    for zone in (SEOUL, LOS_ANGELES):
        for weekday in (1, 2):
            make_subscription(
                f"{zone[-5:]}{weekday}@example.org".lower(),
                time_zone=zone,
                weekdays=bits([weekday]),
            )

    edition = frozen(everyday, day, not_before=everyday.send_at(day))

    found = set(edition.deliveries.values_list("subscriber__email", flat=True))
    assert found == {"seoul2@example.org", "geles1@example.org"}
    assert verify_edition(edition) == []


def test_whoever_is_on_a_pause_gets_nothing_until_it_ends(everyday):
    now = timezone.now()
    make_subscription("away@example.org", paused_until=now + timedelta(days=3))
    make_subscription("back@example.org", paused_until=now - timedelta(minutes=1))

    edition = frozen(everyday, now.date(), not_before=now)

    assert edition.deliveries.get().subscriber.email == "back@example.org"
    assert verify_edition(edition) == []


def test_a_pause_that_begins_after_the_audience_is_frozen_holds_for_what_has_not_left(
    relay, everyday
):
    reader = make_subscription()
    edition = frozen(everyday, timezone.now().date(), not_before=timezone.now())
    Subscription.objects.filter(pk=reader.pk).update(
        paused_until=timezone.now() + timedelta(days=1), chosen_at=timezone.now()
    )

    deliver_edition(edition)

    assert (relay.recipients, balance_of(edition).suppressed) == ([], 1)
    assert verify_edition(edition) == []


def test_a_reader_who_is_left_out_without_having_asked_for_it_is_missed(everyday):
    reader, other = make_subscription(weekdays=bits([1])), make_subscription()
    day = date(2026, 5, 4)
    edition = frozen(everyday, day, not_before=everyday.send_at(day))
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    Subscription.objects.filter(pk=reader.pk).update(weekdays=bits([2]), chosen_at=long_ago)
    Subscription.objects.filter(pk=other.pk).update(weekdays=bits([1]), chosen_at=long_ago)

    found = {each.check: each.examples for each in verify_edition(edition)}

    assert found == {"missing": [reader.pk], "extra": [edition.deliveries.get().pk]}
