"""An edition that is done goes to those without it as well, and to nobody twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.correction import begin_correction
from newsletter.deliver import Balance, audience, balance_of, begin, deliver_edition, supplement
from newsletter.deliver.supplement import can_be_supplemented, order, without_it
from newsletter.models import (
    Delivery,
    Edition,
    Subscription,
    Supplement,
    Suppression,
    Taste,
    WrongState,
)
from newsletter.subscribe import unsubscribe
from newsletter.verify import verify_edition
from tests.factories import make_edition, make_subscription

State = Delivery.State
Whom = Supplement.Whom
ALL = [whom.value for whom in Whom]
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(relay, daily_papers, alice, emma) -> Edition:
    """Done: Alice and Emma have it."""
    edition = approve_edition(make_edition(daily_papers))
    deliver_edition(edition)
    return edition


@pytest.fixture
def late(edition) -> Subscription:
    """Confirmed after its audience was frozen."""
    return make_subscription("late@example.org", confirmed_at=timezone.now())


def got(relay) -> dict[str, int]:
    return dict(Counter(relay.recipients))


def change(reader, **fields):
    """The delivery of a reader."""
    Delivery.objects.filter(subscriber=reader.subscriber).update(**fields)


def supplemented(edition, whom=ALL):
    edition.refresh_from_db()
    order(edition, whom, "kim")
    deliver_edition(edition)
    edition.refresh_from_db()
    return edition


def test_whoever_confirmed_later_gets_it_and_nobody_else_does_again(relay, edition, late):
    supplemented(edition)

    assert got(relay) == {"alice@example.org": 1, "emma@example.org": 1, "late@example.org": 1}
    assert edition.state == Edition.State.DONE
    assert balance_of(edition) == Balance(audience_count=3, accepted=3)
    assert verify_edition(edition) == []


def test_a_second_order_finds_nobody_new(relay, edition, late):
    for _ in range(2):
        supplemented(edition)

    assert max(got(relay).values()) == 1
    assert verify_edition(edition) == []


def test_each_order_reaches_those_who_came_since_the_one_before(relay, edition, late):
    supplemented(edition)
    make_subscription("later@example.org", confirmed_at=timezone.now())
    supplemented(edition)

    assert got(relay)["later@example.org"] == 1
    assert edition.audience_count == 4
    assert verify_edition(edition) == []


def test_of_two_clicks_the_second_orders_nothing(edition, late):
    seen = Edition.objects.get(pk=edition.pk)
    order(edition, ALL, "kim")

    with pytest.raises(WrongState):
        order(seen, ALL, "lee")

    assert [each.ordered_by for each in Supplement.objects.all()] == ["kim"]


def test_only_those_who_were_chosen_get_it(relay, edition, late, alice):
    change(alice, state=State.REJECTED, accepted_at=None)

    supplemented(edition, [Whom.REJECTED])

    assert got(relay) == {"alice@example.org": 2, "emma@example.org": 1}


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"state": State.REJECTED}, 2),
        ({"state": State.EXPIRED}, 2),
        ({"state": State.IN_DOUBT, "in_doubt_at": timezone.now()}, 2),
        ({"state": State.ASSUMED_SENT, "in_doubt_at": timezone.now()}, 2),
        ({"state": State.SUPPRESSED}, 1),
    ],
    ids=lambda value: value.get("state") if isinstance(value, dict) else "",
)
def test_whose_mail_did_not_arrive_for_sure_may_get_it(relay, edition, alice, fields, count):
    """The relay has had a mail to Alice whatever the ledger says."""
    change(alice, accepted_at=None, **fields)

    supplemented(edition)

    assert got(relay)["alice@example.org"] == count
    assert {breach.check for breach in verify_edition(edition)} <= {"slice_counts"}


@pytest.mark.parametrize("state", [State.REJECTED, State.EXPIRED, State.ASSUMED_SENT])
def test_what_was_sent_again_before_is_never_sent_a_third_time(relay, edition, alice, state):
    now = timezone.now()
    change(alice, accepted_at=None, state=state, in_doubt_at=now, resent_at=now)

    supplemented(edition)

    assert got(relay)["alice@example.org"] == 1


def test_what_was_in_doubt_is_marked_as_sent_again_by_the_editor(edition, alice):
    change(alice, accepted_at=None, state=State.ASSUMED_SENT, in_doubt_at=timezone.now())

    supplemented(edition)

    row = Delivery.objects.get(subscriber=alice.subscriber)
    assert (row.state, row.resolved_by, row.resent_at is None) == ("accepted", "order kim", False)


def leaves(reader):
    unsubscribe(reader)


def is_suppressed(reader):
    Suppression.objects.create(address_key=reader.subscriber.address_key, reason="bounced")


def takes_a_pause(reader):
    reader.paused_until = timezone.now() + timedelta(days=2)
    reader.save()


def hears_once_a_week(reader):
    reader.rhythm = Subscription.Rhythm.WEEKLY
    reader.save()


@pytest.mark.parametrize("does", [leaves, is_suppressed, takes_a_pause, hears_once_a_week])
def test_whoever_does_not_want_it_gets_nothing(relay, edition, late, does):
    does(late)

    supplemented(edition)

    assert "late@example.org" not in got(relay)
    assert verify_edition(edition) == []


def test_a_reader_who_came_back_at_an_address_that_has_it_does_not_get_it_again(
    relay, edition, alice
):
    """Erased, and anew: another reader, the same mailbox."""
    type(alice.subscriber).objects.filter(pk=alice.subscriber_id).update(
        email="", address_key="0" * 64
    )
    make_subscription("alice@example.org", confirmed_at=timezone.now())

    supplemented(edition)

    assert got(relay)["alice@example.org"] == 1


def test_whoever_left_and_confirmed_anew_does_not_get_it_again(relay, edition, alice):
    Subscription.objects.filter(pk=alice.pk).update(confirmed_at=timezone.now())

    supplemented(edition)

    assert got(relay)["alice@example.org"] == 1


def test_it_is_sent_although_its_time_had_passed_and_within_a_time_of_its_own(edition, late):
    now = timezone.now()
    Edition.objects.filter(pk=edition.pk).update(
        not_before=now - timedelta(days=3), expires_at=now - timedelta(days=2)
    )
    Edition.objects.get(pk=edition.pk).slices.update(claimed_at=now - timedelta(days=2, hours=5))

    supplemented(edition)

    row = Delivery.objects.get(subscriber=late.subscriber)
    assert (row.state, row.expires_at) == ("accepted", edition.expires_at)
    assert edition.expires_at > now + timedelta(hours=11)
    assert verify_edition(edition) == []


def test_a_newcomer_who_chose_an_hour_gets_it_at_once(relay, edition, late):
    Subscription.objects.filter(pk=late.pk).update(hour=3, time_zone="Asia/Tokyo")

    supplemented(edition)

    assert got(relay)["late@example.org"] == 1


def test_a_newcomer_with_a_taste_gets_what_they_want(edition, late):
    taste = Taste.objects.create(max_entries=1)
    Subscription.objects.filter(pk=late.pk).update(taste=taste)

    supplemented(edition)

    row = Delivery.objects.get(subscriber=late.subscriber)
    assert row.state == State.ACCEPTED
    assert verify_edition(edition) == []


def test_it_goes_on_where_a_killed_run_stopped(relay, edition, late, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    make_subscription("later@example.org", confirmed_at=timezone.now())
    order(edition, ALL, "kim")
    with monkeypatch.context() as killed:
        killed.setattr(supplement, "left_behind", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            begin(edition)

    for _ in range(2):
        deliver_edition(Edition.objects.get(pk=edition.pk))

    assert got(relay) == dict.fromkeys(
        ["alice@example.org", "emma@example.org", "late@example.org", "later@example.org"], 1
    )
    assert Supplement.objects.filter(filled_at=None).count() == 0


def test_it_says_how_many_there_are_of_each_kind(edition, late, alice, emma):
    change(alice, state=State.REJECTED, accepted_at=None)
    change(emma, state=State.ASSUMED_SENT, accepted_at=None)
    edition.final_counts = {"audience_count": 2, "rejected": 1, "assumed_sent": 1}

    assert without_it(edition) == {
        Whom.NEWCOMERS: 1,
        Whom.REJECTED: 1,
        Whom.EXPIRED: 0,
        Whom.DOUBTFUL: 1,
    }


@pytest.mark.parametrize(
    ("fields", "can"),
    [
        ({}, True),
        ({"pruned_at": datetime(2026, 11, 23, tzinfo=UTC)}, False),
        ({"state": Edition.State.CANCELLED}, False),
        ({"state": Edition.State.SENDING}, False),
    ],
    ids=str,
)
def test_only_one_that_is_done_and_has_its_ledger_can_be(edition, fields, can):
    for name, value in fields.items():
        setattr(edition, name, value)

    assert can_be_supplemented(edition) is can
    if not can:
        with pytest.raises(WrongState):
            order(edition, ALL, "kim")


def test_it_waits_until_a_correction_has_gone_out(edition, late):
    """Whoever came by it would have the mistake, and not its correction."""
    draft = begin_correction(edition)

    before = can_be_supplemented(edition)
    with pytest.raises(WrongState, match="correction"):
        order(edition, ALL, "kim")
    draft.cancel("not needed")

    assert (before, can_be_supplemented(edition)) == (False, True)


@pytest.mark.parametrize("whom", [[], ["everybody"]])
def test_an_order_to_nobody_is_none(edition, whom):
    with pytest.raises(WrongState):
        order(edition, whom, "kim")

    edition.refresh_from_db()
    assert (edition.state, Supplement.objects.count()) == (Edition.State.DONE, 0)


def test_a_worker_who_is_late_takes_up_nothing_that_was_sent_meanwhile(edition, alice):
    """Another has filled the order, and the mail was rejected once more."""
    change(alice, accepted_at=None, state=State.REJECTED)
    supplemented(edition)
    change(alice, accepted_at=None, state=State.REJECTED)
    filled = Supplement.objects.get()
    rows = supplement.left_behind(edition, filled.whom)

    assert [supplement.take_up_some(filled, each, "order kim") for each in rows] == [0, 0, 0]


def test_bytes_that_changed_since_they_were_approved_go_to_nobody_else(relay, edition, late):
    edition.renditions.whole().update(frozen_html="<p>Something else</p>")

    supplemented(edition)

    assert "late@example.org" not in got(relay)
    assert edition.hold_reason.startswith("What would leave is not what was approved")


def test_verifying_finds_a_newcomer_who_was_forgotten(edition, late):
    supplemented(edition)
    later = timezone.now() + timedelta(minutes=2)
    Supplement.objects.update(cutoff_at=later, filled_at=later)
    Subscription.objects.filter(pk=late.pk).update(confirmed_at=later - timedelta(minutes=1))
    Delivery.objects.filter(subscriber=late.subscriber).delete()
    edition.refresh_from_db()

    found = {breach.check: breach.count for breach in verify_edition(edition)}

    assert found["missing"] == 1


def test_verifying_finds_a_row_of_somebody_who_came_after_the_order(edition, late):
    supplemented(edition)
    soon = timezone.now() + timedelta(minutes=2)
    Subscription.objects.filter(pk=late.pk).update(confirmed_at=soon)

    assert [(each.check, each.count) for each in verify_edition(edition)] == [("extra", 1)]
