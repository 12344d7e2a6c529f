"""Claiming and settling: who gets which rows, and what is written of them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connections
from django.utils import timezone

from newsletter.deliver import ledger
from newsletter.deliver.journal import open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import Channel, Delivery, Edition, Slice, Subscription, Suppression
from newsletter.outcome import Outcome, Result
from tests.factories import make_delivery, make_edition, make_subscription

YES = Result(Outcome.ACCEPTED)


@pytest.fixture
def edition(daily_papers):
    return leaving(make_edition(daily_papers))


@pytest.fixture
def channel(db):
    return Channel.objects.create(name=Channel.DEFAULT_NAME)


def leaving(edition, **fields):
    """On its way, its readers still to be written down."""
    now = timezone.now()
    fields = {
        "state": Edition.State.SENDING,
        "content_sha256": "x" * 64,
        "audience_frozen_at": now,
        "expires_at": now + timedelta(hours=1),
    } | fields
    Edition.objects.filter(pk=edition.pk).update(**fields)
    edition.refresh_from_db()
    return edition


def claim(edition, channel, most=10):
    """The slice and the deliveries in it, in order; two Nones when there is nothing to claim."""
    journal = open_journal()
    claimed = ledger.claim(edition, channel, most, "me", journal)
    journal.close()
    if claimed is None:
        return None, None
    return claimed[0], [each.delivery_id for each in claimed[1]]


def states(edition) -> dict[int, str]:
    return dict(edition.deliveries.order_by("pk").values_list("pk", "state"))


def test_a_claim_takes_what_is_due_in_order_up_to_the_most(edition, channel):
    now = timezone.now()
    late = make_delivery(edition, not_before=now - timedelta(minutes=1))
    early = make_delivery(edition, not_before=now - timedelta(minutes=2))
    make_delivery(edition, not_before=now + timedelta(minutes=1))
    last = make_delivery(edition, not_before=now - timedelta(seconds=30))

    first, taken = claim(edition, channel, most=2)
    second, rest = claim(edition, channel, most=2)

    assert (taken, rest) == ([early.pk, late.pk], [last.pk])
    assert second.pk > first.pk
    assert Delivery.objects.get(pk=last.pk).fence == second.pk
    assert claim(edition, channel) == (None, None)
    assert Slice.objects.count() == 2


def test_an_addressee_is_what_a_mail_needs_to_know(edition, channel):
    reader = make_subscription("mina@example.org", language="en")
    delivery = make_delivery(edition, reader)

    _, (addressee,) = ledger.claim(edition, channel, 10, "me", open_journal())

    assert (addressee.delivery_id, addressee.subscription_id) == (delivery.pk, reader.pk)
    assert (addressee.rendition_id, addressee.address) == (
        delivery.rendition_id,
        "mina@example.org",
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"hold_reason": "wait"},
        {"state": Edition.State.CANCELLED},
        {"state": Edition.State.SETTLING},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_of_an_edition_that_may_not_go_nothing_is_claimed(edition, channel, fields):
    delivery = make_delivery(edition)
    leaving(edition, **fields)

    assert claim(edition, channel) == (None, None)
    assert states(edition) == {delivery.pk: "pending"}


def test_whoever_left_or_is_suppressed_by_now_ends_so_in_the_same_claim(edition, channel):
    stays, left, bounced = (make_subscription() for _ in range(3))
    deliveries = [make_delivery(edition, reader) for reader in (stays, left, bounced)]
    Subscription.objects.filter(pk=left.pk).update(state=Subscription.State.UNSUBSCRIBED)
    Suppression.objects.create(address_key=bounced.subscriber.address_key, reason="bounced")

    taken, claimed = claim(edition, channel)

    assert claimed == [deliveries[0].pk]
    assert list(states(edition).values()) == ["sending", "suppressed", "suppressed"]
    assert Slice.objects.get(pk=taken.pk).size == 1


def test_a_slice_is_told_who_left_since(edition, channel):
    stays, left = make_subscription(), make_subscription()
    make_delivery(edition, stays)
    delivery = make_delivery(edition, left)
    taken, _ = claim(edition, channel)

    Subscription.objects.filter(pk=left.pk).update(state=Subscription.State.UNSUBSCRIBED)

    assert ledger.gone(taken) == {delivery.pk}


def test_settling_writes_each_outcome_and_gives_the_rest_back(edition, channel):
    rows = [make_delivery(edition) for _ in range(6)]
    taken, (yes, no, later, doubt, begun, untouched) = claim(edition, channel)
    outcomes = Outcomes(
        results={
            yes: Result(Outcome.ACCEPTED, message_id="queued as 1"),
            no: Result(Outcome.REJECTED, "550 5.1.1"),
            later: Result(Outcome.NOT_SENT, "451 4.3.0"),
            doubt: Result(Outcome.IN_DOUBT, "no answer"),
        },
        started={yes, no, later, doubt, begun},
    )

    ledger.settle(taken, outcomes)

    found = {row.pk: row for row in Delivery.objects.all()}
    assert [found[row.pk].state for row in rows] == [
        "accepted",
        "rejected",
        "pending",
        "in_doubt",
        "in_doubt",
        "pending",
    ]
    assert found[yes].provider_message_id == "queued as 1"
    assert found[no].error_code == "550 5.1.1"
    assert found[doubt].doubt_reason == "no answer"
    assert found[begun].doubt_reason == "the sender ended after it may have left"
    assert [found[key].attempts for key in (yes, later, begun, untouched)] == [1, 1, 0, 0]
    assert found[later].not_before > timezone.now() + timedelta(seconds=50)
    taken.refresh_from_db()
    assert taken.settled_at
    assert taken.accepted_count == 1


def test_what_could_not_be_read_puts_all_without_a_result_in_doubt(edition, channel):
    for _ in range(3):
        make_delivery(edition)
    taken, (first, *others) = claim(edition, channel)

    ledger.settle(taken, Outcomes(results={first: YES}, all_may_have_left=True))

    assert states(edition) == {first: "accepted"} | dict.fromkeys(others, "in_doubt")


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", '{"a": "\\u0000"}', "',{}\\", "é" * 300])
def test_an_odd_message_id_keeps_no_slice_open(edition, channel, odd):
    make_delivery(edition)
    taken, (only,) = claim(edition, channel)

    ledger.settle(taken, Outcomes(results={only: Result(Outcome.ACCEPTED, message_id=odd)}))

    row = Delivery.objects.get()
    assert (row.state, row.provider_message_id) == (
        "accepted",
        odd[:255] if odd.isprintable() else "",
    )


def test_settling_twice_changes_nothing(edition, channel):
    make_delivery(edition)
    make_delivery(edition)
    taken, (first, second) = claim(edition, channel)
    ledger.settle(taken, Outcomes(results={first: YES}))
    claim(edition, channel)

    ledger.settle(taken, Outcomes(results={first: YES}, all_may_have_left=True))

    assert states(edition) == {first: "accepted", second: "sending"}


def test_a_result_counts_though_the_sender_was_held_for_dead_meanwhile(edition, channel):
    make_delivery(edition)
    taken, (only,) = claim(edition, channel)
    ledger.settle(taken, Outcomes(all_may_have_left=True))

    ledger.settle(taken, Outcomes(results={only: YES}))

    assert states(edition) == {only: "accepted"}


def test_a_stale_senders_result_matches_no_row_that_was_claimed_again(edition, channel):
    make_delivery(edition)
    stale, (only,) = claim(edition, channel)
    ledger.settle(stale, Outcomes())
    claim(edition, channel)

    ledger.settle(stale, Outcomes(results={only: Result(Outcome.REJECTED, "550 5.1.1")}))

    assert states(edition) == {only: "sending"}


def test_a_channel_that_waits_costs_its_mails_no_attempt(edition, channel):
    make_delivery(edition)
    taken, (only,) = claim(edition, channel)
    busy = Result(Outcome.NOT_SENT, "HTTP 429", retry_after=30, cools=True)

    ledger.settle(taken, Outcomes(results={only: busy}, started={only}))

    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("pending", 0)
    assert 25 < (row.not_before - timezone.now()).total_seconds() <= 31


def test_many_claimers_at_once_never_share_a_row(transactional_db, daily_papers):
    edition = leaving(make_edition(daily_papers))
    channel = Channel.objects.create(name=Channel.DEFAULT_NAME)
    rows = {make_delivery(edition).pk for _ in range(60)}
    ready = threading.Barrier(4)

    def work(number):
        mine = Edition.objects.get(pk=edition.pk)
        ready.wait()
        got = []
        try:
            while (claimed := claim(mine, channel, most=7))[0]:
                got.append(claimed)
        finally:
            connections.close_all()
        return got

    with ThreadPoolExecutor(4) as threads:
        slices = [each for got in threads.map(work, range(4)) for each in got]

    taken = [key for _, keys in slices for key in keys]
    assert sorted(taken) == sorted(rows)
    fences = sorted(each.pk for each, _ in slices)
    assert all(one < next_one for one, next_one in pairwise(fences))
