"""One sender: its claim, its intent, and what it does when things go wrong."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import Balance, balance_of, begin, deliver_edition
from newsletter.deliver.sender import Sender
from newsletter.models import Edition
from tests.factories import make_edition, make_subscription

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return approve_edition(make_edition(daily_papers))


def states(edition: Edition) -> dict[str, str]:
    return dict(edition.deliveries.values_list("subscriber__email", "state"))


def make_readers(count: int) -> list[str]:
    return [make_subscription(f"reader{n}@example.org").subscriber.email for n in range(count)]


def test_refusals_for_what_we_are_put_the_edition_on_hold(relay, edition):
    for reader in range(8):
        address = make_subscription(f"reader{reader}@example.org").subscriber.email
        relay.replies_to_message[address] = "550 5.7.26 not authenticated"

    deliver_edition(edition)

    assert "5 mails in a row failed" in edition.hold_reason
    assert "550 5.7.26" in edition.hold_reason
    assert balance_of(edition) == Balance(audience_count=8, pending=8)


def test_a_live_sender_keeps_what_it_claimed(relay, edition, alice):
    begin(edition)
    alive = Sender(edition)
    (claimed,) = alive.claim()

    deliver_edition(edition)

    assert (relay.recipients, edition.state) == ([], State.SENDING)
    assert alive.intend(claimed) is True


def test_a_sender_whose_lease_ended_cannot_write_over_the_next_one(relay, edition, alice):
    begin(edition)
    stale = Sender(edition)
    (claimed,) = stale.claim()
    edition.deliveries.update(lease_until=Now() - timedelta(seconds=1))
    deliver_edition(edition)

    assert stale.intend(claimed) is False
    assert states(edition) == {"alice@example.org": "accepted"}


def test_a_relay_that_takes_a_message_and_hangs_up_leaves_it_in_doubt_and_is_not_asked_again(
    relay, edition, alice, emma
):
    relay.replies_to_message["alice@example.org"] = None

    deliver_edition(edition)
    deliver_edition(edition)

    assert sorted(relay.recipients) == ["alice@example.org", "emma@example.org"]
    doubted = edition.deliveries.get(state="assumed_sent")
    assert (doubted.resolved_by, doubted.error_class) == ("policy: hold", "in_doubt")
    assert edition.state == State.DONE


@pytest.mark.parametrize(
    ("reply", "settled"),
    [(None, "in_doubt"), ("550 relay not permitted", "rejected"), ("550 5.7.1 no", "pending")],
)
def test_five_failures_in_a_row_that_are_not_about_the_readers_stop_the_edition(
    relay, edition, reply, settled
):
    for address in make_readers(8):
        relay.replies_to_message[address] = reply

    deliver_edition(edition)

    assert "5 mails in a row failed" in edition.hold_reason
    assert Counter(states(edition).values()) == Counter({settled: 5}) + Counter(pending=3)


def test_a_relay_that_hangs_up_between_two_messages_leaves_no_doubt(relay, edition):
    readers = make_readers(7)
    relay.messages_a_call = 3

    deliver_edition(edition)
    waiting = edition.deliveries.filter(state="pending")
    counts = Counter(states(edition).values())
    waiting.update(not_before=Now())
    deliver_edition(Edition.objects.get(pk=edition.pk))

    assert counts == {"accepted": 6, "pending": 1}
    assert Counter(relay.recipients) == Counter(readers)


def test_bad_addresses_in_a_row_stop_nothing(relay, edition):
    for address in make_readers(8):
        relay.replies_to_recipient[address] = "550 5.1.1 no such user"

    deliver_edition(edition)

    assert (edition.state, edition.hold_reason) == (State.DONE, "")
    assert balance_of(edition) == Balance(audience_count=8, rejected=8)


def test_a_relay_that_puts_everything_off_is_asked_again_later_and_by_no_editor(relay, edition):
    for address in make_readers(8):
        relay.replies_to_recipient[address] = "451 4.3.2 try again"

    deliver_edition(edition)

    assert (edition.state, edition.hold_reason) == (State.SENDING, "")
    assert balance_of(edition) == Balance(audience_count=8, pending=8)


def test_a_door_that_stays_shut_for_hours_costs_no_attempt_and_is_named_on_the_edition(
    relay_later, edition, alice
):
    for _ in range(45):
        deliver_edition(edition)
    edition.refresh_from_db()
    shut = edition.reason
    relay = relay_later()
    relay.replies_to_recipient["alice@example.org"] = "450 4.2.0 greylisted"

    deliver_edition(edition)

    (waiting,) = edition.deliveries.all()
    assert shut == "Mail cannot leave now (ConnectionRefusedError); it is tried again each minute."
    assert (waiting.state, waiting.attempts) == ("pending", 1)


def test_the_waiting_doubles_and_stays_about_an_hour_at_the_most(relay, edition, alice):
    relay.replies_to_recipient["alice@example.org"] = "450 4.2.0 greylisted"
    waits = []
    for attempts in (0, 1, 6, 60):
        edition.deliveries.update(attempts=attempts, not_before=Now())
        deliver_edition(edition)
        (waiting,) = edition.deliveries.all()
        waits.append(round((waiting.not_before - timezone.now()) / timedelta(minutes=1)))

    assert waits == [1, 2, 64, 64]


def test_a_hold_that_comes_while_the_door_opens_keeps_the_reader(relay, edition, alice):
    begin(edition)
    at_work = Sender(edition)
    (claimed,) = at_work.claim()
    edition.hold("wait")

    assert at_work.intend(claimed) is False
    assert at_work.suppress(claimed) is False

    at_work.held("claimed").update(state="pending", owner="", lease_until=None)
    edition.resume()
    deliver_edition(edition)
    assert relay.recipients == ["alice@example.org"]


def test_a_cancelled_edition_gets_no_intent(relay, edition, alice):
    begin(edition)
    at_work = Sender(edition)
    (claimed,) = at_work.claim()
    edition.move(State.CANCELLED, come_from=[State.SENDING])

    assert at_work.intend(claimed) is False


def test_a_sender_that_cannot_be_written_burns_no_reader(relay, edition, daily_papers, alice, emma):
    daily_papers.from_name = "Daily\nPapers"
    daily_papers.save()
    deliver_edition(edition)
    before = balance_of(edition)
    daily_papers.from_name = ""
    daily_papers.save()
    edition.deliveries.update(not_before=Now())

    deliver_edition(Edition.objects.get(pk=edition.pk))

    assert before == Balance(audience_count=2, pending=2)
    assert sorted(relay.recipients) == ["alice@example.org", "emma@example.org"]


def test_a_senders_turn_ends_between_two_mails_and_the_next_one_goes_on(relay, edition, alice):
    begin(edition)
    tired = Sender(edition)
    tired.ends_at = time.monotonic() - 1

    assert tired.deliver_slice() is False
    assert states(edition) == {"alice@example.org": "pending"}

    deliver_edition(edition)
    assert relay.recipients == ["alice@example.org"]


def test_four_senders_at_once_mail_each_reader_once(transactional_db, relay, daily_papers):
    readers = make_readers(60)
    edition = approve_edition(make_edition(daily_papers))
    ready = threading.Barrier(4)

    def work(number):
        mine = Edition.objects.select_related("newsletter").get(pk=edition.pk)
        ready.wait()
        try:
            deliver_edition(mine)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))

    deliver_edition(Edition.objects.get(pk=edition.pk))
    assert Counter(relay.recipients) == Counter(readers)
    assert Edition.objects.get().state == State.DONE
