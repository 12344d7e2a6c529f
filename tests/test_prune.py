"""How long the ledger's rows are kept, and what is kept for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.deliver import prune
from newsletter.deliver.forgotten import hold_if_forgotten
from newsletter.deliver.journal import open_journal
from newsletter.deliver.prune import prune_ledger
from newsletter.models import Delivery, Edition, Slice
from tests.factories import make_delivery, make_leaving_edition, make_slice

State = Delivery.State


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def ended(days, *states, date="2024-07-03", **fields):
    """An edition that was done so many days ago, and its deliveries."""
    fields = {
        "state": Edition.State.DONE,
        "done_at": days_ago(days),
        "audience_count": len(states),
        "verified_at": days_ago(days),
    } | fields
    edition = make_leaving_edition(date=date, **fields)
    part = make_slice(edition)
    for state in states:
        make_delivery(edition, part=part, state=state)
    return edition


@pytest.mark.parametrize(("days", "left"), [(29, 2), (31, 0)])
def test_deliveries_go_a_month_after_the_edition_was_done(db, days, left):
    edition = ended(days, State.ACCEPTED, State.ASSUMED_SENT)

    assert prune_ledger() == 2 - left
    assert edition.deliveries.count() == left


def test_what_they_add_up_to_stays_with_the_edition(db):
    edition = ended(31, State.ACCEPTED, State.ACCEPTED, State.EXPIRED)

    prune_ledger()

    edition.refresh_from_db()
    counts = {name: count for name, count in edition.final_counts.items() if count}
    assert counts == {"audience_count": 3, "accepted": 2, "expired": 1}
    assert edition.pruned_at is not None


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (Edition.State.CANCELLED, {"done_at": None, "expires_at": days_ago(31)}),
        (Edition.State.EXPIRED, {"done_at": None, "expires_at": days_ago(31)}),
        (Edition.State.CANCELLED, {"done_at": None, "expires_at": None}),
    ],
)
def test_editions_that_were_stopped_are_pruned_too(db, state, fields):
    edition = ended(31, State.EXPIRED, state=state, audience_cutoff_at=days_ago(31), **fields)

    prune_ledger()

    assert not edition.deliveries.exists()


def test_an_edition_on_its_way_is_never_pruned(db):
    ended(31, State.PENDING, state=Edition.State.SENDING, expires_at=days_ago(31))

    assert prune_ledger() == 0


def test_nothing_goes_while_something_is_in_doubt_and_unsettled(db):
    edition = ended(31, State.ACCEPTED, State.IN_DOUBT)

    assert prune_ledger() == 0
    assert edition.deliveries.count() == 2


def test_rows_go_in_steps_and_the_balance_is_that_from_before_the_first(db, monkeypatch):
    monkeypatch.setattr(prune, "STEP", 2)
    edition = ended(31, *[State.ACCEPTED] * 5)

    steps = [prune_ledger() for _ in range(4)]

    edition.refresh_from_db()
    assert steps == [2, 2, 1, 0]
    assert edition.final_counts["accepted"] == 5


def test_slices_go_with_the_last_row_but_the_newest_of_all(db):
    old = ended(32, State.ACCEPTED)
    newer = ended(31, State.ACCEPTED, date="2024-07-04")
    newest = newer.slices.get()

    left = []
    for _ in range(2):
        prune_ledger()
        left.append(list(Slice.objects.all()))

    assert left == [[newest], [newest]]
    assert not old.slices.exists()


def test_a_journal_of_a_pruned_slice_does_not_look_as_if_the_database_forgot_it(db):
    journal = open_journal()
    old = ended(32, State.ACCEPTED)
    journal.begin(old.slices.get().pk)
    journal.starting(old.deliveries.values_list("pk", flat=True))
    journal.close()
    edition = ended(31, State.ACCEPTED, date="2024-07-04", state=Edition.State.SENDING)
    prune_ledger()

    hold_if_forgotten(edition)

    edition.refresh_from_db()
    assert edition.hold_reason == ""
