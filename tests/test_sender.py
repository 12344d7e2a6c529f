"""One sender: what it claims it keeps, and what it does when things go wrong."""

import errno
import re
import socket
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
from newsletter.deliver import Balance, balance_of, begin, cancel_edition, deliver_edition, ledger
from newsletter.deliver import sender as senders
from newsletter.deliver.ledger import Outcomes
from newsletter.deliver.sender import Sender
from newsletter.models import Channel, Edition, Subscription
from newsletter.outcome import Outcome, Result
from tests.crash import Answer, Provider, ScriptedCarrier, died_with
from tests.factories import make_channel, make_edition, make_subscription

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return approve_edition(make_edition(daily_papers))


@pytest.fixture
def provider(tmp_path, monkeypatch) -> Provider:
    """Asked by a sender that looks before each mail whether it may go on."""
    provider = Provider(tmp_path / "truth")
    monkeypatch.setattr(senders, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(senders, "carrier_for", lambda *channel: ScriptedCarrier(provider, 1))
    return provider


def states(edition: Edition) -> dict[str, str]:
    return dict(edition.deliveries.values_list("subscriber__email", "state"))


def make_readers(count: int) -> list[str]:
    return [make_subscription(f"reader{n}@example.org").subscriber.email for n in range(count)]


# What is claimed


def test_a_live_sender_keeps_what_it_claimed(relay, edition, alice):
    begin(edition)
    channel = make_channel()

    with Sender(edition) as alive:
        taken, (claimed,) = ledger.claim(edition, channel, 10, alive.owner, alive.journal)
        deliver_edition(edition)
        meanwhile = (list(relay.recipients), states(edition))
        ledger.settle(taken, Outcomes({claimed.delivery_id: Result(Outcome.ACCEPTED)}))

    assert meanwhile == ([], {"alice@example.org": "sending"})
    assert states(edition) == {"alice@example.org": "accepted"}


def test_a_sender_that_was_held_for_dead_cannot_write_over_the_next_one(relay, edition, alice):
    begin(edition)
    stale = died_with(edition)
    claimed = edition.deliveries.get().pk
    deliver_edition(edition)

    ledger.settle(stale, Outcomes({claimed: Result(Outcome.REJECTED, "550 5.1.1")}))

    assert relay.recipients == ["alice@example.org"]
    assert states(edition) == {"alice@example.org": "accepted"}


def test_a_senders_turn_ends_between_two_slices_and_the_next_one_goes_on(relay, edition, alice):
    begin(edition)
    with Sender(edition) as tired:
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


# What is ordered while a slice is on its way


@pytest.mark.parametrize(
    "order", [lambda edition: edition.hold("wait"), lambda edition: cancel_edition(edition, "no")]
)
def test_an_edition_that_is_stopped_on_its_way_gives_back_what_has_not_begun(
    provider, edition, order
):
    first, second, *others = make_readers(5)
    provider.when_asked = lambda address: address == second and order(edition)

    deliver_edition(edition)

    rest = "expired" if edition.state == State.CANCELLED else "pending"
    deliver_edition(edition)
    assert provider.copies() == Counter([first, second])
    assert states(edition) == dict.fromkeys([first, second], "accepted") | dict.fromkeys(
        others, rest
    )


def test_an_edition_that_was_stopped_and_resumed_goes_to_the_others(provider, edition):
    readers = make_readers(5)
    provider.when_asked = lambda address: address == readers[1] and edition.hold("wait")
    deliver_edition(edition)
    edition.resume()

    deliver_edition(edition)

    assert provider.copies() == Counter(readers)
    assert edition.state == State.DONE


def test_a_pace_that_changes_holds_for_what_of_the_slice_has_not_left(provider, edition):
    readers = make_readers(5)
    provider.when_asked = lambda address: Channel.objects.update(rate=1_000)

    deliver_edition(edition)

    assert provider.copies() == Counter(readers)
    slices = edition.slices.order_by("pk").values_list("rate", "accepted_count")
    assert slices[0] == (None, 1)
    assert {rate for rate, _ in slices[1:]} == {1_000}
    assert edition.state == State.DONE


def test_whoever_leaves_while_the_slice_is_on_its_way_gets_nothing(provider, edition):
    readers = make_readers(5)
    leaver = Subscription.objects.filter(subscriber__email=readers[3])
    provider.when_asked = lambda address: leaver.update(state="unsubscribed")

    deliver_edition(edition)

    assert provider.copies() == Counter(set(readers) - {readers[3]})
    assert states(edition)[readers[3]] == "suppressed"


# What the way out says


def test_refusals_for_what_we_are_put_the_edition_on_hold(relay, edition):
    for address in make_readers(8):
        relay.replies_to_message[address] = "550 5.7.26 not authenticated"

    deliver_edition(edition)

    assert "5 mails in a row failed" in edition.hold_reason
    assert "550 5.7.26" in edition.hold_reason
    balance = balance_of(edition)
    assert balance == Balance(audience_count=8, pending=8)


def test_refusals_without_a_reason_put_the_edition_on_hold(provider, edition):
    readers = make_readers(8)
    unexplained = Result(Outcome.REJECTED, "550", is_suspect=True)
    provider.answer = lambda address: unexplained

    deliver_edition(edition)

    assert "5 mails in a row failed" in edition.hold_reason
    assert Counter(states(edition).values()) == Counter(rejected=5, pending=len(readers) - 5)


def test_mails_in_doubt_in_a_row_stop_the_channel_and_are_not_sent_again(provider, edition):
    readers = make_readers(8)
    provider.answers = dict.fromkeys(readers, Answer.YES_UNHEARD)

    deliver_edition(edition)
    deliver_edition(edition)

    assert Channel.objects.get().breaker_opened_at
    assert provider.copies() == Counter(readers[:5])
    assert Counter(states(edition).values()) == Counter(in_doubt=5, pending=3)


def test_a_relay_that_takes_a_message_and_hangs_up_leaves_it_in_doubt_and_is_not_asked_again(
    relay, edition, alice, emma
):
    relay.replies_to_message["alice@example.org"] = None

    deliver_edition(edition)
    deliver_edition(edition)

    assert sorted(relay.recipients) == ["alice@example.org", "emma@example.org"]
    doubted = edition.deliveries.get(state="assumed_sent")
    assert (doubted.resolved_by[:6], doubted.error_class) == ("policy", "in_doubt")
    assert edition.state == State.DONE


def test_a_relay_that_hangs_up_between_two_messages_leaves_no_doubt(relay, edition):
    readers = make_readers(17)
    relay.messages_a_call = 3

    for _ in range(6):
        deliver_edition(edition)
        edition.deliveries.filter(state="pending").update(not_before=Now())

    assert not edition.deliveries.filter(in_doubt_at__isnull=False).exists()
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
        Channel.objects.update(shut_until=Now())
    edition.refresh_from_db()
    shut = edition.reason
    relay = relay_later()
    relay.replies_to_recipient["alice@example.org"] = "450 4.2.0 greylisted"

    deliver_edition(edition)

    (waiting,) = edition.deliveries.all()
    assert re.fullmatch(r"Mail cannot leave now \(Connection\w+\); .* after ..:.. UTC.", shut)
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


def test_a_process_that_can_open_no_more_files_ends_and_shuts_no_channel(
    relay, edition, alice, monkeypatch
):
    def refuse(*address, **options):  # with a real limit, PostgreSQL's client cannot wait either
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket, "create_connection", refuse)
    begin(edition)
    with pytest.raises(OSError, match="Too many open files"):
        deliver_edition(edition)

    assert states(edition) == {"alice@example.org": "pending"}
    assert not Channel.objects.filter(shut_until__isnull=False).exists()
