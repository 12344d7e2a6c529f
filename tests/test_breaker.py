"""What stops a channel, and what stops an edition."""

import time

import pytest
from django.utils import timezone

from newsletter.breaker import Breaker
from newsletter.models import Channel, Edition
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


def make_deliveries(edition: Edition, count: int, **fields) -> None:
    rendition = edition.renditions.first()
    for _ in range(count):
        reader = make_subscription().subscriber
        edition.deliveries.create(
            subscriber=reader,
            address_key=reader.address_key,
            rendition=rendition,
            not_before=timezone.now(),
            **fields,
        )


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


@pytest.mark.parametrize(
    ("trouble", "between"),
    [
        *[(POLICY, each) for each in (YES, LATER, BAD_ADDRESS)],
        *[(BARE, each) for each in (YES, LATER, BAD_ADDRESS)],
        *[(DOUBT, each) for each in (YES, BAD_ADDRESS, BARE)],
    ],
)
def test_an_answer_of_another_kind_ends_a_row(watch, trouble, between):
    seen = see(watch, [*[trouble] * 4, between, trouble])

    assert seen == 6
    assert (watch.channel.breaker_opened_at, watch.edition.hold_reason) == (None, "")


def test_what_is_put_off_does_not_end_a_row_of_doubts(watch):
    see(watch, [DOUBT, LATER, LATER] * 5)

    assert watch.channel.breaker_reason.startswith("5 mails in a row")


@pytest.mark.parametrize(
    ("accepted", "accepted_later", "error_class", "opens"),
    [
        (0, 0, "in_doubt", True),
        (0, 0, "", False),
        (1, 0, "in_doubt", True),
        (0, 1, "in_doubt", False),
    ],
    ids=["doubts alone", "of a dead sender", "after some that were taken", "before some"],
)
def test_the_doubts_that_earlier_turns_ended_with_count_unless_their_sender_died(
    edition, channel, accepted, accepted_later, error_class, opens
):
    now = timezone.now()
    left, _ = [
        edition.slices.create(
            channel=channel, lease_until=now, settled_at=now, accepted_count=count
        )
        for count in (accepted, accepted_later)
    ]
    make_deliveries(
        edition, 4, state="in_doubt", in_doubt_at=now, error_class=error_class, fence=left.pk
    )

    see(Breaker(edition, channel), [DOUBT])

    assert bool(channel.breaker_opened_at) is opens


def test_more_than_one_bad_address_in_twenty_of_the_first_500_puts_the_edition_on_hold(watch):
    seen = see(watch, [*[YES] * 9, BAD_ADDRESS] * 50)

    assert seen == 260
    assert watch.edition.hold_reason.startswith("26 of the first 260 addresses are refused")


def test_bad_addresses_after_the_first_500_stop_nothing(watch):
    see(watch, [*[YES] * 500, *[BAD_ADDRESS] * 100])

    assert watch.edition.hold_reason == ""


def test_bad_addresses_that_other_senders_met_count_too(watch):
    make_deliveries(watch.edition, 26, state="rejected")

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
        started = time.thread_time()
        for _ in range(100_000):
            watch.saw(YES)
        rounds.append(time.thread_time() - started)

    assert min(rounds) < 0.1
