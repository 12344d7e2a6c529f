"""What stops a channel, what stops an edition, and how a channel is asked if it works again."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from newsletter import breaker
from newsletter.breaker import Breaker
from newsletter.models import Channel, Delivery, Edition
from newsletter.outcome import Outcome, Result
from tests.factories import make_channel, make_edition, make_subscription

pytestmark = pytest.mark.django_db

YES = Result(Outcome.ACCEPTED)
LATER = Result(Outcome.NOT_SENT, "451 4.3.2")
DOUBT = Result(Outcome.IN_DOUBT, "no answer", is_suspect=True)
POLICY = Result(Outcome.NOT_SENT, "550 5.7.26", is_suspect=True)
BARE = Result(Outcome.REJECTED, "550", is_suspect=True)
BAD_ADDRESS = Result(Outcome.REJECTED, "550 5.1.1")


@pytest.fixture
def channel(db) -> Channel:
    return make_channel()


@pytest.fixture
def edition(daily_papers) -> Edition:
    return make_edition(daily_papers, state=Edition.State.APPROVED)


@pytest.fixture
def watch(edition, channel) -> Breaker:
    return Breaker(edition, channel)


def see(watch: Breaker, results: list[Result]) -> int:
    """How many of the results it wanted to see."""
    for count, result in enumerate(results, start=1):
        if not watch.saw(result):
            watch.edition.refresh_from_db()
            watch.channel.refresh_from_db()
            return count
    return len(results)


def test_five_doubts_in_a_row_open_the_channels_breaker_and_leave_the_edition(watch):
    seen = see(watch, [YES, *[DOUBT] * 9])

    assert seen == 6
    assert watch.channel.breaker_opened_at
    assert watch.channel.breaker_reason == (
        "5 mails in a row may or may not have left. The last answer was: no answer"
    )
    assert watch.channel.breaker_newsletter == watch.edition.newsletter
    assert watch.edition.hold_reason == ""


def test_six_doubts_among_the_last_two_hundred_open_it_too(watch):
    seen = see(watch, [*[YES] * 33, DOUBT] * 9)

    assert seen == 6 * 34
    assert watch.channel.breaker_reason.startswith("6 of the last 200 mails")


def test_fewer_doubts_than_that_open_nothing(watch):
    see(watch, [*[YES] * 40, DOUBT] * 30)

    assert watch.channel.breaker_opened_at is None


@pytest.mark.parametrize("result", [POLICY, BARE])
def test_five_suspect_answers_in_a_row_put_the_edition_on_hold(watch, result):
    seen = see(watch, [YES, *[result] * 9])

    assert seen == 6
    assert watch.edition.hold_reason == (
        "5 mails in a row failed for what we are, or what carries them, and not for whom they "
        f"were to. The last answer was: {result.code}"
    )
    assert watch.channel.breaker_opened_at is None


def test_a_fifth_of_the_last_two_hundred_refused_for_a_policy_put_the_edition_on_hold(watch):
    seen = see(watch, [YES, YES, POLICY, POLICY] * 200)

    assert seen == 4 * 20 + 3
    assert watch.edition.hold_reason.startswith("41 of the last 200 mails failed for what we are")


@pytest.mark.parametrize("between", [YES, LATER, BAD_ADDRESS])
@pytest.mark.parametrize("trouble", [DOUBT, POLICY, BARE])
def test_an_answer_that_is_not_suspect_ends_a_row(watch, trouble, between):
    seen = see(watch, [*[trouble] * 4, between, trouble])

    assert seen == 6
    assert (watch.channel.breaker_opened_at, watch.edition.hold_reason) == (None, "")


def test_more_than_one_bad_address_in_twenty_of_the_first_500_puts_the_edition_on_hold(watch):
    seen = see(watch, [*[YES] * 9, BAD_ADDRESS] * 50)

    assert seen == 260
    assert watch.edition.hold_reason.startswith("26 of the first 260 addresses are refused")


def test_bad_addresses_after_the_first_500_stop_nothing(watch):
    see(watch, [*[YES] * 500, *[BAD_ADDRESS] * 100])

    assert watch.edition.hold_reason == ""


def test_bad_addresses_that_other_senders_met_count_too(watch):
    readers = [make_subscription().subscriber for _ in range(26)]
    rendition = watch.edition.renditions.first()
    for reader in readers:
        watch.edition.deliveries.create(
            subscriber=reader,
            address_key=reader.address_key,
            rendition=rendition,
            state=Delivery.State.REJECTED,
            not_before=timezone.now(),
        )

    assert see(watch, [YES, BAD_ADDRESS, YES]) == 2
    assert watch.edition.hold_reason.startswith("26 of the first 26 addresses are refused")


def test_what_another_sender_has_stopped_keeps_its_first_reason(watch, channel, edition):
    see(watch, [DOUBT] * 5)
    other = Breaker(edition, channel)

    assert see(other, [Result(Outcome.IN_DOUBT, "HTTP 500", is_suspect=True)] * 9) == 5
    assert channel.breaker_reason.endswith("no answer")


def test_a_mail_that_is_accepted_costs_less_than_a_microsecond_to_count(watch):
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(100_000):
            watch.saw(YES)
        rounds.append(time.perf_counter() - started)

    assert min(rounds) < 0.1


# The probe


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

    assert breaker.probe(stopped) is True

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

    assert breaker.probe(stopped) is closes

    stopped.refresh_from_db()
    assert (stopped.breaker_opened_at is None) is closes
    assert bool(stopped.probe_answer) is not closes


def test_a_door_that_is_shut_leaves_the_breaker_open(settings, stopped):
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9"}

    assert breaker.probe(stopped) is False


def test_a_sender_that_cannot_be_written_leaves_the_breaker_open(stopped, daily_papers):
    daily_papers.from_name = "Daily\nPapers"

    assert breaker.probe(stopped) is False

    stopped.refresh_from_db()
    assert stopped.probe_answer == "cannot be written: ValueError"


def test_a_channel_is_probed_a_minute_after_it_stopped_and_each_minute_from_then(stopped):
    now = timezone.now()
    first = breaker.probe_due(now)
    just_stopped = breaker.probe_due(stopped.breaker_opened_at + timedelta(seconds=20))
    Channel.objects.update(probed_at=now)

    assert (first, just_stopped) == ([stopped], [])
    assert breaker.probe_due(now + timedelta(seconds=20)) == []
    assert breaker.probe_due(now + timedelta(seconds=60)) == [stopped]


def test_what_is_closed_or_no_longer_configured_is_not_probed(settings, stopped):
    make_channel("healthy")
    settings.CHANNELS = {"healthy": "smtp://127.0.0.1:9"}

    assert breaker.probe_due(timezone.now()) == []


def test_of_ticks_at_the_same_time_one_probes(transactional_db, relay, stopped):
    def tick(channel):
        try:
            return breaker.probe(channel)
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

    breaker.probe(stopped)

    (message,) = relay.messages()
    assert message["Subject"] == subject
    assert line in message.get_body(("plain",)).get_content()
