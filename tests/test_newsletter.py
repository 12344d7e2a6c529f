from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from newsletter.models import Newsletter


def letter(**fields) -> Newsletter:
    return Newsletter(**({"slug": "letter", "name": "Letter"} | fields))


def test_a_korean_reader_gets_wednesdays_list_on_thursday_morning():
    newsletter = letter(time_zone="Asia/Seoul", send_time=time(7), lag_days=1)

    assert newsletter.send_at(date(2024, 7, 3)) == datetime(2024, 7, 3, 22, tzinfo=UTC)


def test_the_send_time_is_wall_clock_time_over_a_change_of_the_clocks():
    newsletter = letter(time_zone="Europe/Berlin", send_time=time(7), lag_days=0)

    assert newsletter.send_at(date(2026, 3, 28)) == datetime(2026, 3, 28, 6, tzinfo=UTC)
    assert newsletter.send_at(date(2026, 3, 29)) == datetime(2026, 3, 29, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2024, 7, 3, 20, 59, tzinfo=UTC), None),
        (datetime(2024, 7, 3, 21, 0, tzinfo=UTC), date(2024, 7, 3)),
        (datetime(2024, 7, 4, 9, 59, tzinfo=UTC), date(2024, 7, 3)),
        (datetime(2024, 7, 4, 10, 0, tzinfo=UTC), None),
    ],
)
def test_an_edition_is_due_from_its_build_time_until_it_expires(now, due):
    newsletter = letter(time_zone="Asia/Seoul", build_time=time(6), send_time=time(7))

    assert newsletter.due_day(now) == due


def test_a_saturdays_list_has_no_edition():
    sunday_morning = datetime(2024, 7, 6, 22, 30, tzinfo=UTC)

    assert letter().due_day(sunday_morning) is None


def test_after_a_long_outage_only_the_newest_edition_is_due():
    newsletter = letter(lag_days=0, time_zone="UTC", expires_after=timedelta(hours=20))

    assert newsletter.due_day(datetime(2024, 7, 5, 8, tzinfo=UTC)) == date(2024, 7, 5)


def test_a_language_that_is_not_offered_falls_back_to_the_main_one():
    newsletter = letter(languages=["ko", "en"])

    assert [newsletter.language_for(wanted) for wanted in ("en", "fr")] == ["en", "ko"]


@pytest.mark.parametrize(
    "fields",
    [
        {"time_zone": "Asia/Busan"},
        {"weekdays": [0]},
        {"weekdays": [2, 1]},
        {"weekdays": []},
        {"source": "newspapers"},
        {"expires_after": timedelta(seconds=12)},
        {"expires_after": timedelta(days=9_999_999)},
        {"max_entries": 0},
        {"lag_days": 400},
    ],
)
def test_a_time_zone_weekday_or_source_that_does_not_exist_is_refused(fields):
    with pytest.raises(ValidationError) as refused:
        letter(**fields).clean_fields()

    assert list(refused.value.message_dict) == list(fields)


@pytest.mark.parametrize("build_time", [time(7), time(7, 30)])
def test_a_newsletter_that_is_sent_before_it_is_built_is_refused(build_time):
    newsletter = letter(build_time=build_time, send_time=time(7))

    with pytest.raises(ValidationError) as refused:
        newsletter.clean()

    with override("en"):
        assert refused.value.message_dict == {
            "build_time": [
                f"It is built from {build_time:%H:%M} and sent at 07:00. "
                "Let it be built before the time at which it is sent."
            ]
        }


def test_an_edition_expires_a_while_after_its_send_time():
    newsletter = letter(time_zone="UTC", send_time=time(7), expires_after=timedelta(hours=12))

    assert newsletter.expires_at(date(2024, 7, 3)) == datetime(2024, 7, 4, 19, tzinfo=UTC)


def test_the_next_send_time_skips_days_without_an_edition():
    friday_morning = datetime(2024, 7, 4, 22, 30, tzinfo=UTC)  # 07:30 in Seoul, after the send

    assert letter().next_send_at(friday_morning) == datetime(2024, 7, 5, 22, tzinfo=UTC)
    assert letter(weekdays=[1]).next_send_at(friday_morning) == datetime(2024, 7, 8, 22, tzinfo=UTC)
