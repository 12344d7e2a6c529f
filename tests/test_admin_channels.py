"""The desk's page of channels: how each is doing in words, and what an operator may change."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from lxml import html

from newsletter.models import Channel
from tests.desk import filled_form, said
from tests.factories import make_channel, make_edition, make_editor

LIST = "/en/admin/newsletter/channel/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


def url_of(channel: Channel) -> str:
    return f"{LIST}{channel.pk}/change/"


def cell(response, name: str) -> str:
    page = html.fromstring(response.content.decode())
    (found,) = page.find_class(f"field-{name}")
    return " ".join(" ".join(found.itertext()).split())


def moment(**from_now: float) -> datetime:
    return timezone.now() + timedelta(**from_now)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({}, "works"),
        ({"is_active": False}, "not in use"),
        (
            {"cool_until": {"minutes": 3.1}},
            "waits It was asked to slow down, and waits for 3 minutes.",
        ),
        ({"cool_until": {"seconds": -1}, "cool_count": 4}, "works"),
        (
            {"shut_until": {"minutes": 8.5}, "shut_reason": "ConnectionRefusedError"},
            "out of reach ConnectionRefusedError. Tried again in 8 minutes.",
        ),
        (
            {
                "breaker_opened_at": {"minutes": -3.1},
                "breaker_reason": "5 mails in a row may or may not have left.",
                "probe_answer": "no answer",
                "cool_until": {"minutes": 3},
            },
            "stopped For 3 minutes. 5 mails in a row may or may not have left. Each minute a "
            "mail to the newsletter's own sender asks whether it works again. Its last answer: "
            "no answer",
        ),
    ],
)
def test_the_list_says_in_words_how_a_channel_is_doing(desk, trouble, words):
    fields = {
        name: moment(**value) if isinstance(value, dict) else value
        for name, value in trouble.items()
    }
    make_channel(**fields)

    assert cell(desk.get(LIST), "health") == words


def test_a_channel_that_left_the_environment_is_said_to_be_not_configured(desk, settings):
    make_channel("former")
    settings.CHANNELS = {}

    assert cell(desk.get(LIST), "health").startswith("not configured")


def test_the_list_shows_what_is_configured_before_anything_has_left(desk, settings):
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9"}

    page = desk.get(LIST)

    assert (cell(page, "health"), cell(page, "limit")) == ("works", "unlimited")


def test_the_list_counts_what_was_accepted_in_the_last_day(desk):
    channel, edition = make_channel(), make_edition()
    for hours, accepted in [(1, 40), (23, 2), (25, 1_000)]:
        edition.slices.create(
            channel=channel,
            lease_until=moment(hours=-hours),
            claimed_at=moment(hours=-hours),
            settled_at=moment(hours=-hours),
            accepted_count=accepted,
        )

    assert cell(desk.get(LIST), "accepted_in_a_day") == "42"


def test_an_operator_sets_limits_and_overwrites_nothing_that_a_sender_wrote_meanwhile(desk):
    channel = make_channel()
    form = filled_form(desk, url_of(channel), "channel_form")
    Channel.objects.update(cool_count=3, shut_reason="ConnectionRefusedError")

    desk.post(url_of(channel), form | {"rate": "12.5", "domain_rates": '{"naver.com": 5}'})

    channel.refresh_from_db()
    assert (channel.rate, channel.domain_rates) == (12.5, {"naver.com": 5})
    assert (channel.cool_count, channel.shut_reason) == (3, "ConnectionRefusedError")


def test_domain_rates_may_be_taken_away(desk):
    channel = make_channel(domain_rates={"naver.com": 5})
    form = filled_form(desk, url_of(channel), "channel_form")

    desk.post(url_of(channel), form | {"domain_rates": ""})

    channel.refresh_from_db()
    assert channel.domain_rates == {}


def test_a_domain_that_would_limit_nothing_is_refused_with_what_to_write(desk):
    channel = make_channel()
    form = filled_form(desk, url_of(channel), "channel_form")

    page = desk.post(url_of(channel), form | {"domain_rates": '{"@naver.com": 5}'})

    assert "@naver.com is no domain; write it in small letters" in page.content.decode()


def test_a_breaker_is_closed_from_the_list_and_a_closed_one_is_said_to_be_closed(desk):
    stopped = make_channel(breaker_opened_at=moment(minutes=-2), breaker_reason="5 mails in a row")
    healthy = make_channel("spare")
    order = {"action": "close_breaker", "_selected_action": [stopped.pk, healthy.pk]}

    response = desk.post(LIST, order)

    stopped.refresh_from_db()
    assert sorted(said(response)) == [
        "default: the breaker is closed, and mail may leave again.",
        "spare: the breaker is not open.",
    ]
    assert (stopped.breaker_opened_at, stopped.breaker_reason) == (None, "")


def test_whoever_may_only_look_neither_limits_nor_closes(client):
    client.force_login(make_editor("park", may="view"))
    channel = make_channel(breaker_opened_at=moment(minutes=-2))
    client.post(LIST, {"action": "close_breaker", "_selected_action": [channel.pk]})

    assert client.post(url_of(channel), {"rate": "1"}).status_code == 403

    channel.refresh_from_db()
    assert (channel.rate, channel.breaker_opened_at is None) == (None, False)


def test_nobody_adds_or_deletes_a_channel(client):
    client.force_login(make_editor("chief", is_superuser=True))
    channel = make_channel()

    answers = [client.get(f"{LIST}add/"), client.post(f"{LIST}{channel.pk}/delete/")]

    assert [answer.status_code for answer in answers] == [403, 403]
