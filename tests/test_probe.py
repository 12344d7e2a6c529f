"""How a channel whose breaker is open is asked whether it works again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from newsletter.breaker import Breaker
from newsletter.models import Channel
from newsletter.outcome import Outcome, Result
from newsletter.probe import probe, probes_due
from tests.factories import make_channel, make_edition, make_subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def stopped(settings, relay, daily_papers) -> Channel:
    """Its breaker opened two minutes ago, in the middle of an edition of the Daily Papers."""
    settings.DEFAULT_FROM_EMAIL = "Paperboy <paperboy@example.org>"
    return make_channel(
        breaker_opened_at=timezone.now() - timedelta(minutes=2),
        breaker_reason="5 mails in a row may or may not have left.",
        breaker_newsletter=daily_papers,
    )


def test_a_probe_that_is_accepted_closes_the_breaker_and_goes_to_no_reader(relay, stopped):
    make_subscription("alice@example.org")

    assert probe(stopped) is True

    assert relay.recipients == ["paperboy@example.org"]
    assert (stopped.breaker_opened_at, stopped.breaker_reason) == (None, "")


@pytest.mark.parametrize(
    ("reply", "closes"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.7.1 not from you", False),
        ("550 no", False),
        ("451 4.3.2 try again", False),
        (None, False),
    ],
)
def test_only_a_yes_or_an_answer_about_that_address_closes_the_breaker(
    relay, stopped, reply, closes
):
    relay.replies_to_message["paperboy@example.org"] = reply

    assert probe(stopped) is closes

    stopped.refresh_from_db()
    assert (stopped.breaker_opened_at is None) is closes
    assert bool(stopped.probe_answer) is not closes


def test_a_door_that_is_shut_leaves_the_breaker_open(settings, stopped):
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9"}

    assert probe(stopped) is False


def test_a_sender_that_cannot_be_written_leaves_the_breaker_open(stopped, daily_papers):
    daily_papers.from_name = "Daily\nPapers"

    assert probe(stopped) is False

    stopped.refresh_from_db()
    assert stopped.probe_answer == "cannot be written: ValueError"


def test_a_channel_is_probed_a_minute_after_it_stopped_and_each_minute_from_then(stopped):
    now = timezone.now()
    first = probes_due(now)
    just_stopped = probes_due(stopped.breaker_opened_at + timedelta(seconds=20))
    Channel.objects.update(probed_at=now)

    assert (first, just_stopped) == ([stopped], [])
    assert probes_due(now + timedelta(seconds=20)) == []
    assert probes_due(now + timedelta(seconds=60)) == [stopped]


def test_what_is_closed_or_no_longer_configured_is_not_probed(settings, stopped):
    make_channel("healthy")
    settings.CHANNELS = {"healthy": "smtp://127.0.0.1:9"}

    assert probes_due(timezone.now()) == []


def test_a_breaker_that_doubts_opened_is_probed_again_and_again_until_it_closes(
    relay, daily_papers
):
    relay.replies_to_message["paperboy@paperboy.example"] = "451 4.3.2 try again"
    watch = Breaker(make_edition(daily_papers), make_channel())
    while watch.saw(Result(Outcome.IN_DOUBT, "no answer", is_suspect=True)):
        pass
    probed = [probe(Channel.objects.get()) for _ in range(2)]
    relay.replies_to_message.clear()

    assert [*probed, probe(Channel.objects.get())] == [False, False, True]


def test_of_ticks_at_the_same_time_one_probes(transactional_db, relay, stopped):
    def tick(channel):
        try:
            return probe(channel)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        closed = list(threads.map(tick, [Channel.objects.get() for _ in range(4)]))

    assert (sorted(closed), relay.recipients) == ([False] * 3 + [True], ["paperboy@example.org"])


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "Paperboy asks whether mail leaves again", "The channel “default” stopped on"),
        ("ko", "메일이 다시 나가는지 Paperboy가 확인합니다", "“default” 채널이"),
    ],
)
def test_the_probe_speaks_the_newsletters_first_language(
    relay, stopped, daily_papers, language, subject, line
):
    daily_papers.languages = [language]

    probe(stopped)

    (message,) = relay.messages()
    assert message["Subject"] == subject
    assert line in message.get_body(("plain",)).get_content()
