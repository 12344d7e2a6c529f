"""Which way out an edition takes, and how long a shut door is left alone."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from newsletter import channels, pace
from newsletter.models import Channel, Edition
from tests.factories import make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(settings, daily_papers) -> Edition:
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9", "spare": "smtp://127.0.0.1:9"}
    return make_edition(daily_papers)


def minutes_shut(channel: Channel) -> int:
    return round((channel.shut_until - timezone.now()) / timedelta(minutes=1))


def test_each_configured_channel_has_one_row_in_the_order_of_the_environment(edition):
    twice = [channels.configured(), channels.configured()]

    assert [[channel.name for channel in each] for each in twice] == [["default", "spare"]] * 2
    assert Channel.objects.count() == 2


def test_an_operator_changes_which_channel_is_tried_first(edition):
    channels.configured()
    Channel.objects.filter(name="default").update(position=7)

    assert channels.way_out(edition).name == "spare"


def test_a_channel_that_left_the_environment_is_not_tried_and_keeps_its_row(settings, edition):
    channels.configured()
    settings.CHANNELS = {"spare": "smtp://127.0.0.1:9"}

    assert channels.way_out(edition).name == "spare"
    assert Channel.objects.count() == 2


@pytest.mark.parametrize(
    "trouble",
    [
        {"is_active": False},
        {"breaker_opened_at": Now()},
        {"cool_until": Now() + timedelta(seconds=9)},
        {"shut_until": Now() + timedelta(seconds=9)},
    ],
)
def test_the_next_channel_takes_over_from_one_in_trouble(edition, trouble):
    channels.configured()
    Channel.objects.filter(name="default").update(**trouble)
    first = channels.way_out(edition)
    Channel.objects.filter(name="spare").update(**trouble)

    assert (first.name, channels.way_out(edition)) == ("spare", None)


@pytest.mark.parametrize("wait", ["cool_until", "shut_until"])
def test_a_channel_whose_wait_is_over_comes_first_again(edition, wait):
    channels.configured()
    Channel.objects.filter(name="default").update(**{wait: Now() - timedelta(seconds=1)})

    assert channels.way_out(edition).name == "default"


def test_a_shut_door_is_left_alone_twice_as_long_each_time_up_to_ten_minutes(edition):
    waits = []
    for _ in range(6):
        channel = channels.configured()[0]
        channels.shut(channel, "ConnectionRefusedError")
        waits.append(minutes_shut(channel))

    assert waits == [1, 2, 4, 7, 10, 10]
    assert channel.shut_reason == "ConnectionRefusedError"


def test_senders_that_find_a_door_shut_together_count_once(edition):
    first, second = channels.configured()[0], channels.configured()[0]

    channels.shut(first, "ConnectionRefusedError")
    channels.shut(second, "ConnectionRefusedError")

    assert (second.shut_count, minutes_shut(second)) == (1, 1)


def test_mail_that_leaves_forgets_how_often_the_door_was_shut(edition):
    channel = channels.configured()[0]
    channels.shut(channel, "ConnectionRefusedError")

    pace.warm(channel)

    assert (channel.shut_count, channel.shut_until, channel.shut_reason) == (0, None, "")


def test_a_channels_connection_leads_where_its_own_url_says(settings, edition):
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9", "spare": "smtp://mail.example.org:26"}
    ways = [channels.connection_of(channel) for channel in channels.configured()]

    assert [(way.host, way.port) for way in ways] == [("127.0.0.1", 9), ("mail.example.org", 26)]
