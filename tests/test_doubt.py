"""What becomes of deliveries in doubt: the channel's policy, and what an editor orders."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.deliver import evidence
from newsletter.deliver.doubt import leave, send_again, settle_doubts
from newsletter.models import Channel, Delivery, Edition, Suppression
from newsletter.subscribe import unsubscribe
from tests.factories import make_channel, make_delivery, make_leaving_edition, make_slice

State = Delivery.State
WAYS_TO_ORDER = {
    "by an editor": lambda row: send_again(Delivery.objects.filter(pk=row.pk), "kim"),
    "by the policy": lambda row: settle_doubts(row.edition),
}


@pytest.fixture
def edition(db):
    """All was handed over but what is in doubt."""
    return make_leaving_edition(state=Edition.State.SETTLING)


@pytest.fixture
def careful(edition):
    """A slice through a channel that never sends twice."""
    return make_slice(edition, channel=make_channel("careful"))


@pytest.fixture
def stubborn(edition):
    """A slice through a channel that sends once more."""
    channel = make_channel("stubborn", doubt_policy=Channel.Policy.RESEND)
    return make_slice(edition, channel=channel)


def doubted(part, reader=None, minutes=0, **fields):
    """A delivery that has been in doubt for so long."""
    since = timezone.now() - timedelta(minutes=minutes)
    fields = {"state": State.IN_DOUBT, "in_doubt_at": since} | fields
    return make_delivery(part.edition, reader, part=part, **fields)


def end_of(row):
    row.refresh_from_db()
    return row.state, row.resolved_by


def test_what_is_in_doubt_is_assumed_sent_and_not_sent_again(edition, careful):
    row = doubted(careful)

    assert settle_doubts(edition) == 0
    assert end_of(row) == (State.ASSUMED_SENT, "policy hold")
    assert edition.state == Edition.State.SETTLING


def test_nothing_else_is_touched_while_doubts_are_settled(edition, careful):
    others = [
        make_delivery(edition, part=careful, state=state)
        for state in State
        if state not in (State.IN_DOUBT, State.SENDING)
    ]
    before = list(edition.deliveries.order_by("pk").values_list("pk", "state"))

    settle_doubts(edition)

    assert list(edition.deliveries.order_by("pk").values_list("pk", "state")) == before
    assert len(before) == len(others)


def test_while_an_edition_is_on_hold_nothing_is_decided(edition, careful):
    row = doubted(careful)
    edition.hold("somebody looks into it")

    assert settle_doubts(edition) == 1
    assert end_of(row) == (State.IN_DOUBT, "")


@pytest.mark.parametrize(("minutes", "state"), [(14, State.IN_DOUBT), (16, State.PENDING)])
def test_a_stubborn_channel_sends_again_after_a_quarter_of_an_hour(
    edition, stubborn, minutes, state
):
    row = doubted(stubborn, minutes=minutes)

    waiting = settle_doubts(edition)

    assert end_of(row)[0] == state
    assert (waiting, edition.state) == (
        (1, Edition.State.SETTLING)
        if state == State.IN_DOUBT
        else (0, Edition.State.SENDING)  # so that a sender takes it
    )


def test_each_slice_goes_by_the_policy_of_its_own_channel(edition, careful, stubborn):
    rows = [doubted(careful, minutes=20), doubted(stubborn, minutes=20)]

    settle_doubts(edition)

    assert [end_of(row)[0] for row in rows] == [State.ASSUMED_SENT, State.PENDING]


def test_a_second_doubt_is_assumed_sent_by_a_stubborn_channel_too(edition, stubborn):
    row = doubted(stubborn, minutes=1, resent_at=timezone.now())

    assert settle_doubts(edition) == 0
    assert end_of(row)[0] == State.ASSUMED_SENT


def test_whoever_left_is_not_sent_to_again(edition, stubborn, alice, emma):
    left, stopped = doubted(stubborn, alice, minutes=20), doubted(stubborn, emma, minutes=20)
    unsubscribe(alice)
    Suppression.objects.create(address_key=emma.subscriber.address_key, reason="bounced")

    settle_doubts(edition)

    assert {end_of(row)[0] for row in (left, stopped)} == {State.ASSUMED_SENT}


@pytest.mark.parametrize(
    "over",
    [
        {"state": Edition.State.CANCELLED},
        {"expires_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_an_edition_that_is_over_is_not_sent_again(edition, stubborn, over):
    row = doubted(stubborn, minutes=20)
    Edition.objects.filter(pk=edition.pk).update(**over)
    edition.refresh_from_db()

    ordered = send_again(edition.deliveries.all(), "kim")
    settle_doubts(edition)

    assert ordered == 0
    assert end_of(row)[0] == State.ASSUMED_SENT


def test_an_editor_has_those_in_doubt_sent_again_and_a_second_click_counts_for_none(
    edition, careful
):
    rows = [doubted(careful), doubted(careful, state=State.ASSUMED_SENT), doubted(careful)]
    chosen = Delivery.objects.filter(pk__in=[row.pk for row in rows[:2]])

    clicks = [send_again(chosen, "kim"), send_again(chosen, "kim")]

    edition.refresh_from_db()
    assert clicks == [2, 0]
    assert [end_of(row) for row in rows] == [
        (State.PENDING, "order kim"),
        (State.PENDING, "order kim"),
        (State.IN_DOUBT, ""),
    ]
    assert edition.state == Edition.State.SENDING


def test_an_edition_that_is_done_sends_again_and_keeps_its_audience(edition, careful):
    row = doubted(careful, state=State.ASSUMED_SENT)
    edition.move(
        Edition.State.DONE,
        come_from=[Edition.State.SETTLING],
        done_at=timezone.now(),
        final_counts={"assumed_sent": 1},
        verified_at=timezone.now(),
    )
    frozen_at = edition.audience_frozen_at

    assert send_again(edition.deliveries.filter(pk=row.pk), "kim") == 1
    edition.refresh_from_db()
    assert (edition.state, edition.audience_frozen_at) == (Edition.State.SENDING, frozen_at)
    assert (edition.done_at, edition.final_counts, edition.verified_at) == (None, {}, None)


def test_an_order_is_seen_by_whoever_was_about_to_settle_the_edition(edition, careful):
    edition.move(Edition.State.SENDING, come_from=[Edition.State.SETTLING])
    doubted(careful)
    about_to_settle = Edition.objects.get(pk=edition.pk)

    send_again(edition.deliveries.all(), "kim")

    edition.refresh_from_db()
    assert about_to_settle.version < edition.version


def test_an_order_takes_only_what_is_in_doubt(edition, careful):
    for state in State:
        if state not in (State.SENDING, State.IN_DOUBT, State.ASSUMED_SENT):
            make_delivery(edition, part=careful, state=state)

    assert send_again(edition.deliveries.all(), "kim") == 0


def test_an_editor_leaves_what_is_in_doubt_as_it_is(edition, careful):
    row, other = doubted(careful), make_delivery(edition, part=careful)

    clicks = [leave(edition.deliveries.all(), "kim"), leave(edition.deliveries.all(), "kim")]

    assert clicks == [1, 0]
    assert end_of(row) == (State.ASSUMED_SENT, "leave kim")
    assert end_of(other)[0] == State.PENDING


@pytest.mark.parametrize("first", WAYS_TO_ORDER)
@pytest.mark.parametrize("again", WAYS_TO_ORDER)
@pytest.mark.parametrize("left_as", [State.IN_DOUBT, State.ASSUMED_SENT])
def test_nobody_is_ever_ordered_again_twice_whichever_way(edition, stubborn, first, again, left_as):
    row = doubted(stubborn, minutes=20)
    WAYS_TO_ORDER[first](row)
    assert end_of(row)[0] == State.PENDING
    later = make_slice(edition, channel=stubborn.channel)
    long_ago = timezone.now() - timedelta(minutes=20)
    doubted_again = {"state": left_as, "fence": later.pk, "in_doubt_at": long_ago}
    Delivery.objects.filter(pk=row.pk).update(**doubted_again)
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.SETTLING)
    row = Delivery.objects.get(pk=row.pk)

    WAYS_TO_ORDER[again](row)

    assert end_of(row)[0] in (State.IN_DOUBT, State.ASSUMED_SENT)


def test_evidence_settles_what_is_in_doubt_or_waits_to_be_sent_again(edition, careful):
    again = timezone.now()
    rows = [
        doubted(careful),
        doubted(careful, state=State.ASSUMED_SENT),
        doubted(careful, state=State.PENDING, resent_at=again),
        doubted(careful, state=State.SUPPRESSED, resent_at=again),
        doubted(careful, state=State.PENDING),
        doubted(careful, state=State.REJECTED),
    ]
    ids = [row.pk for row in rows]

    counts = [evidence.accept(Delivery.objects.filter(pk__in=ids), "event X") for _ in range(2)]

    assert counts == [4, 0]
    assert [end_of(row)[0] for row in rows] == [State.ACCEPTED] * 4 + ["pending", "rejected"]


def test_evidence_has_an_edition_verified_again(edition, careful):
    doubted(careful, state=State.ASSUMED_SENT)
    Edition.objects.filter(pk=edition.pk).update(verified_at=timezone.now())

    evidence.accept(edition.deliveries.all(), "event X")

    edition.refresh_from_db()
    assert edition.verified_at is None
