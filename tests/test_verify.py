"""Which breaches of the invariants the ledger shows, and what is none."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from newsletter import verify
from newsletter.deliver import liveness
from newsletter.models import Delivery, Edition, Rendition, Slice, Subscription, Suppression
from newsletter.subscribe import unsubscribe
from newsletter.verify import Breach, verify_edition
from tests.factories import (
    make_delivery,
    make_done_edition,
    make_edition,
    make_leaving_edition,
    make_slice,
    make_subscription,
)

State = Delivery.State
HOUR = timedelta(hours=1)


@pytest.fixture
def edition(alice, emma, carol, bob):
    """Done, and in order: Alice's and Emma's were accepted; Carol and Bob were no readers."""
    return make_done_edition()


def broken(edition):
    """Names and counts of the breaches, after a look at the rows as they are now."""
    edition.refresh_from_db()
    return {breach.check: breach.count for breach in verify_edition(edition)}


def one(edition):
    return edition.deliveries.order_by("pk").first()


def change(edition, **fields):
    """One of its deliveries."""
    Delivery.objects.filter(pk=one(edition).pk).update(**fields)


def change_edition(edition, **fields):
    Edition.objects.filter(pk=edition.pk).update(**fields)


def lose_a_row(edition):
    one(edition).delete()


def add_a_row(edition):
    make_delivery(edition, Subscription.objects.get(subscriber__email="bob@example.org"))


def leave_before_the_slice(edition):
    Slice.objects.update(claimed_at=timezone.now() + HOUR)
    unsubscribe(Subscription.objects.get(subscriber__email="alice@example.org"))


def send_too_fast(edition):
    """A thousand within the second or so that the fixture takes."""
    Slice.objects.update(rate=1.0, accepted_count=1_000)


def change_the_bytes(edition):
    Rendition.objects.filter(edition=edition, language="ko").update(frozen_html="<p>other</p>")


def use_anothers_rendition(edition):
    change(edition, rendition=make_leaving_edition(date="2024-07-04").renditions.first())


def use_anothers_slice(edition):
    change(edition, fence=make_slice(make_leaving_edition(date="2024-07-04")).pk)


def send_by_nobody(edition):
    long_ago = timezone.now() - HOUR
    Slice.objects.update(settled_at=None, lease_until=long_ago, accepted_count=0)
    change(edition, state=State.SENDING, accepted_at=None)


BREAKS = {
    "missing": (lose_a_row, {"missing": 1, "balance": 1, "slice_counts": 1}),
    "extra": (add_a_row, {"extra": 1, "balance": 1, "left_behind": 1}),
    "balance": (lambda edition: change_edition(edition, audience_count=5), {"balance": 3}),
    "never in doubt": (
        lambda edition: change(edition, resent_at=timezone.now()),
        {"resent_without_doubt": 1},
    ),
    "never claimed": (
        lambda edition: change(edition, fence=0),
        {"never_claimed": 1, "slice_counts": 1},
    ),
    "left behind": (
        lambda edition: change(edition, state=State.PENDING, accepted_at=None),
        {"left_behind": 1, "slice_counts": 1},
    ),
    "after leaving": (leave_before_the_slice, {"after_leaving": 1}),
    "no slice": (
        lambda edition: change(edition, fence=one(edition).fence + 7),
        {"no_slice": 1, "slice_counts": 1},
    ),
    "unsettled": (lambda edition: Slice.objects.update(settled_at=None), {"no_slice": 2}),
    "another edition's": (
        lambda edition: change(
            edition, fence=make_slice(make_leaving_edition(date="2024-07-04")).pk
        ),
        {"no_slice": 1, "slice_counts": 1},
    ),
    "too many": (lambda edition: Slice.objects.update(size=1), {"slice_counts": 1}),
    "too early": (
        lambda edition: change_edition(edition, not_before=timezone.now() + HOUR),
        {"untimely": 1},
    ),
    "too late": (
        lambda edition: change_edition(edition, expires_at=timezone.now() - HOUR),
        {"untimely": 1},
    ),
    "too fast": (send_too_fast, {"too_fast": 1, "slice_counts": 1}),
    "other bytes": (change_the_bytes, {"other_bytes": 1}),
    "other hash": (
        lambda edition: change_edition(edition, content_sha256="0" * 64),
        {"other_bytes": 2},
    ),
    "another's rendition": (use_anothers_rendition, {"foreign_rendition": 1}),
    "sent by nobody": (send_by_nobody, {"left_behind": 1, "no_slice": 1, "ownerless": 1}),
}


def test_an_edition_that_went_well_keeps_every_promise(edition):
    assert edition.state == Edition.State.DONE
    assert broken(edition) == {}


@pytest.mark.parametrize(("breaks", "found"), BREAKS.values(), ids=BREAKS)
def test_each_break_is_found(edition, breaks, found):
    breaks(edition)

    assert broken(edition) == found


@pytest.mark.skipif(connection.vendor == "sqlite", reason="cannot drop the constraint")
@pytest.mark.parametrize(
    ("constraint", "column", "found"),
    [
        ("one_delivery_a_subscriber", "subscriber_id", {"same_reader": 1, "missing": 1}),
        ("one_delivery_an_address", "address_key", {"same_address": 1}),
    ],
)
def test_two_deliveries_to_one_reader_are_found_should_the_database_let_them_in(
    edition, constraint, column, found
):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE newsletter_delivery DROP CONSTRAINT {constraint}")
    first, second = edition.deliveries.order_by("pk")

    Delivery.objects.filter(pk=second.pk).update(**{column: getattr(first, column)})

    assert broken(edition) == found


def test_a_breach_names_ten_examples_at_most_by_their_ids(daily_papers):
    edition = make_leaving_edition()
    readers = [make_subscription() for _ in range(12)]
    Edition.objects.filter(pk=edition.pk).update(audience_max_id=readers[-1].pk)
    edition.refresh_from_db()

    [missing] = [each for each in verify_edition(edition) if each.check == "missing"]

    assert missing == Breach("missing", 12, [reader.pk for reader in readers[:10]])
    with override("en"):
        assert missing.sentence == "12 readers who were confirmed have no delivery."


@pytest.mark.parametrize("at", [Edition.State.SENDING, Edition.State.DONE])
def test_whoever_leaves_after_the_audience_was_frozen_is_no_breach(edition, alice, at):
    change_edition(edition, state=at)
    unsubscribe(alice)

    assert broken(edition) == {}


def test_a_reader_who_comes_back_is_no_breach(edition, alice):
    later = timezone.now() + HOUR
    Subscription.objects.filter(pk=alice.pk).update(
        unsubscribed_at=later, confirmed_at=later + HOUR
    )

    assert broken(edition) == {}


def test_readers_who_come_later_or_are_suppressed_later_are_no_breach(edition, alice):
    make_subscription(confirmed_at=timezone.now() + HOUR)
    make_subscription(confirmed_at=timezone.now())
    Suppression.objects.create(address_key=alice.subscriber.address_key, reason="bounced")

    assert broken(edition) == {}


def test_whoever_was_suppressed_then_and_is_anew_is_no_breach(edition, alice):
    edition.deliveries.filter(subscriber=alice.subscriber).delete()
    change_edition(edition, audience_count=1, final_counts={})
    Suppression.objects.create(
        address_key=alice.subscriber.address_key,
        reason="bounced",
        created_at=timezone.now() + HOUR,
    )

    assert "missing" not in broken(edition)


def test_a_row_of_an_address_that_was_suppressed_before_is_one(edition, alice):
    stopped = Suppression.objects.create(address_key=alice.subscriber.address_key, reason="bounced")
    Suppression.objects.filter(pk=stopped.pk).update(created_at=timezone.now() - HOUR)

    assert broken(edition) == {"extra": 1}


def test_what_evidence_has_settled_is_no_breach(edition, alice):
    """Ordered again, suppressed as the reader had left, and then the first mail proved taken."""
    now = timezone.now()
    unsubscribe(alice)
    first = edition.slices.get()
    later = make_slice(edition, size=0, channel=first.channel, claimed_at=now + HOUR / 2)
    Slice.objects.filter(pk=first.pk).update(accepted_count=1)
    edition.deliveries.filter(subscriber=alice.subscriber).update(
        fence=later.pk,
        in_doubt_at=now,
        resent_at=now,
        resolved_by="event Postmark delivered",
    )

    assert broken(edition) == {}


def test_a_sender_that_lives_owns_its_rows(edition):
    send_by_nobody(edition)
    change_edition(edition, state=Edition.State.SENDING)
    liveness.hold("sender")

    owned = broken(edition)
    liveness.let_go("sender")

    assert "ownerless" not in owned
    assert "ownerless" in broken(edition)


def test_an_edition_that_has_not_begun_to_leave_cannot_be_verified(daily_papers):
    with pytest.raises(ValueError, match="has not begun to leave"):
        verify_edition(make_edition())


def test_an_edition_whose_ledger_is_pruned_cannot_be_verified(edition):
    edition.pruned_at = timezone.now()

    with pytest.raises(ValueError, match="older than its ledger is kept"):
        verify_edition(edition)


def test_verifying_takes_two_queries_a_check_at_most(edition, django_assert_max_num_queries):
    checks = [check for check in verify.CHECKS.values() if check.look]

    with django_assert_max_num_queries(2 * len(checks)):
        verify_edition(edition)
