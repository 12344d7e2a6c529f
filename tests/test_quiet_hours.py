"""Hours in which nothing leaves, by the clock on the newsletter's own wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from newsletter.models import Newsletter


def letter(quiet_from=None, quiet_until=None, **fields) -> Newsletter:
    return Newsletter(
        **({"slug": "letter", "name": "Letter"} | fields),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )


def wall(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def quiet_minutes(newsletter: Newsletter, begin: datetime, hours: int) -> list[str]:
    """From and until when it was quiet, each in UTC, looked at each minute."""
    moments = [begin.astimezone(UTC) + timedelta(minutes=n) for n in range(hours * 60)]
    quiet = [newsletter.is_quiet(moment) for moment in moments]
    return [
        f"{'quiet' if now else 'loud'} {moment:%d %H:%M}"
        for moment, before, now in zip(moments[1:], quiet, quiet[1:], strict=False)
        if before != now
    ]


def test_without_quiet_hours_no_hour_is_quiet():
    assert quiet_minutes(letter(), datetime(2024, 7, 3, tzinfo=UTC), 24) == []


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "turns"),
    [
        (time(12), time(14, 30), ["quiet 03 03:00", "loud 03 05:30"]),
        (time(21), time(6), ["quiet 03 12:00", "loud 03 21:00"]),
        (time(0), time(6), ["quiet 03 15:00", "loud 03 21:00"]),
        (time(21), time(0), ["quiet 03 12:00", "loud 03 15:00"]),
    ],
)
def test_quiet_hours_begin_and_end_by_the_wall_clock_also_over_midnight(
    quiet_from, quiet_until, turns
):
    seoul = letter(quiet_from, quiet_until, time_zone="Asia/Seoul")

    assert quiet_minutes(seoul, wall("Asia/Seoul", "2024-07-03 08:00"), 24) == turns


@pytest.mark.parametrize(
    ("zone", "noon_before", "turns"),
    [
        # from 22:00 until 07:00; the night lasts 8 hours in spring, 10 in autumn
        ("Europe/Berlin", "2026-03-28 12:00", ["quiet 28 21:00", "loud 29 05:00"]),
        ("Europe/Berlin", "2026-10-24 12:00", ["quiet 24 20:00", "loud 25 06:00"]),
        ("America/New_York", "2026-03-07 12:00", ["quiet 08 03:00", "loud 08 11:00"]),
        ("America/New_York", "2026-10-31 12:00", ["quiet 01 02:00", "loud 01 12:00"]),
        # by half an hour: 8.5 and 9.5
        ("Australia/Lord_Howe", "2026-10-03 12:00", ["quiet 03 11:30", "loud 03 20:00"]),
        ("Australia/Lord_Howe", "2026-04-04 12:00", ["quiet 04 11:00", "loud 04 20:30"]),
        # never: 9
        ("Asia/Seoul", "2026-03-28 12:00", ["quiet 28 13:00", "loud 28 22:00"]),
    ],
)
def test_on_the_days_on_which_clocks_change_the_night_is_as_long_as_it_is(zone, noon_before, turns):
    newsletter = letter(time(22), time(7), time_zone=zone)

    assert quiet_minutes(newsletter, wall(zone, noon_before), 24) == turns


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "noon_before", "turns"),
    [
        # 02:30 does not exist on 29 March in Berlin: 03:30 is when it would be
        (time(22), time(2, 30), "2026-03-28 12:00", ["quiet 28 21:00", "loud 29 01:30"]),
        # and comes twice on 25 October: the first one counts, and it stays loud
        (time(22), time(2, 30), "2026-10-24 12:00", ["quiet 24 20:00", "loud 25 00:30"]),
        (time(2, 30), time(7), "2026-10-24 12:00", ["quiet 25 00:30", "loud 25 06:00"]),
    ],
)
def test_quiet_hours_that_turn_in_the_changed_hour_turn_once(
    quiet_from, quiet_until, noon_before, turns
):
    berlin = letter(quiet_from, quiet_until, time_zone="Europe/Berlin")

    assert quiet_minutes(berlin, wall("Europe/Berlin", noon_before), 24) == turns


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "said"),
    [
        (time(21), None, "a beginning and an end"),
        (None, time(6), "a beginning and an end"),
        (time(21), time(21), "before they begin again"),
        (time(6), time(8), "sent at 07:00"),
        (time(21), time(7, 30), "sent at 07:00"),
    ],
)
def test_quiet_hours_that_cannot_be_kept_are_refused(quiet_from, quiet_until, said):
    with override("en"), pytest.raises(ValidationError, match=said):
        letter(quiet_from, quiet_until, send_time=time(7)).clean()


def test_quiet_hours_may_end_at_the_send_time():
    letter(time(21), time(7), send_time=time(7)).clean()
