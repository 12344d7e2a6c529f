import time
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.doctor import ways_out
from newsletter.models import Channel, Installation, ReaderDay
from tests.doctor import facts, found
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def counted(newsletter, confirmed):
    today = timezone.now().date()
    for ago, count in ((1, 7), (0, confirmed)):
        day = today - timedelta(days=ago)
        ReaderDay.objects.create(newsletter=newsletter, date=day, confirmed_count=count)


def test_mail_that_stays_in_a_folder_reaches_nobody(settings):
    settings.CHANNELS = {"default": "maildir:///var/mail", "spare": "smtp://relay"}

    assert found(ways_out.leaves) == [("mail-stays-here", "stop")]
    assert facts(ways_out.leaves) == [{"channel": "default"}]


def test_on_a_developers_machine_a_folder_stops_nothing(settings):
    settings.DEBUG, settings.CHANNELS = True, {"default": "maildir:///var/mail"}

    assert found(ways_out.leaves) == [("mail-stays-here", "warning")]


def test_a_channel_that_may_carry_mail_is_well(settings):
    settings.CHANNELS = {"default": "smtp://relay"}

    assert found(ways_out.open_channels) == []


def test_a_stopped_channel_stops_mail_only_where_no_other_carries_it(settings):
    settings.CHANNELS = {"default": "smtp://relay", "spare": "smtp://spare"}
    make_channel(breaker_opened_at=timezone.now(), breaker_reason="5 mails in a row")
    with_spare = found(ways_out.open_channels)
    Channel.objects.filter(name="spare").update(is_active=False)

    assert with_spare == [("breaker-open", "warning")]
    assert found(ways_out.open_channels) == [("no-way-out", "stop"), ("breaker-open", "warning")]


def test_a_channel_that_waits_is_said_to(settings):
    settings.CHANNELS = {"default": "smtp://relay"}
    make_channel(cool_until=timezone.now() + timedelta(minutes=5))

    assert found(ways_out.open_channels) == [
        ("no-way-out", "stop"),
        ("channel-waits", "warning"),
    ]


def test_many_readers_want_a_pace(settings, daily_papers):
    settings.CHANNELS = {"default": "smtp://relay"}
    counted(daily_papers, 5_001)
    without = found(ways_out.pace)
    Channel.objects.update(rate=10)

    assert (without, found(ways_out.pace)) == ([("no-pace", "warning")], [])


def test_few_readers_and_uncounted_ones_want_none(settings, daily_papers):
    settings.CHANNELS = {"default": "smtp://relay"}
    uncounted = found(ways_out.pace)
    counted(daily_papers, 5_000)

    assert (uncounted, found(ways_out.pace)) == ([], [])


def test_years_of_counts_cost_no_more_than_the_newest(daily_papers):
    """To join each day with every other would read four million rows."""
    today = timezone.now().date()
    ReaderDay.objects.bulk_create(
        ReaderDay(newsletter=daily_papers, date=today - timedelta(days=ago), confirmed_count=ago)
        for ago in range(2_000)
    )

    began_at = time.perf_counter()
    counts = ways_out.newest_counts()

    assert counts == {daily_papers: 0}
    assert time.perf_counter() - began_at < 0.2


def test_a_pace_at_which_an_edition_expires_stops_mail(settings, daily_papers):
    settings.CHANNELS = {"default": "smtp://relay"}
    make_channel(rate=10)
    counted(daily_papers, 1_000_000)

    assert found(ways_out.pace) == [("too-slow", "stop")]
    assert facts(ways_out.pace) == [
        {
            "channel": "default",
            "newsletter": daily_papers.name,
            "rate": "10",
            "readers": 1_000_000,
            "hours": 28,
        }
    ]


def test_a_copy_of_another_sites_database_stops_mail(settings):
    fresh = found(ways_out.installation)
    Installation.objects.create(pk=1, site_url="https://papers.somewhere.kr")

    assert (fresh, found(ways_out.installation)) == ([], [("copy", "stop")])


def test_smtputf8_asks_for_relays(settings):
    settings.CHANNELS = {"default": "smtp://relay", "bulk": "resend://KEY"}
    off = found(ways_out.addresses)
    settings.SMTPUTF8 = True

    assert (off, found(ways_out.addresses)) == ([], [("no-smtputf8", "warning")])
    assert facts(ways_out.addresses) == [{"channel": "bulk"}]
