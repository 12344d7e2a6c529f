"""A database that went back in time is noticed, and what the journals know is written again."""

import os
import time
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.deliver import forgotten, ledger
from newsletter.deliver.doubt import settle_doubts
from newsletter.deliver.forgotten import hold_if_forgotten
from newsletter.deliver.journal import open_journal
from newsletter.deliver.journal.files import KEPT
from newsletter.deliver.ledger import Outcomes
from newsletter.deliver.sender import Sender
from newsletter.models import Delivery, Edition, Installation, Slice
from newsletter.outcome import Outcome, Result
from tests.factories import (
    journal_file,
    make_channel,
    make_delivery,
    make_leaving_edition,
    make_slice,
)

YES = Result(Outcome.ACCEPTED, message_id="queued as 1")
NO = Result(Outcome.REJECTED, "550 5.1.1")
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db) -> Edition:
    edition = make_leaving_edition(audience_count=4)
    for _ in range(4):
        make_delivery(edition)
    hold_if_forgotten(edition)  # it knows its database
    return edition


@pytest.fixture
def channel(db):
    return make_channel()


def send(edition, channel):
    """A slice of four: taken, refused, in the air, and still here. Its journal is let go."""
    journal = open_journal()
    taken, addressees = ledger.claim(edition, channel, 10, "a sender", journal)
    first, second, third, _ = (each.delivery_id for each in addressees)
    journal.starting([first, second, third])
    journal.came_back(first, YES)
    journal.came_back(second, NO)
    journal.close()
    ledger.settle(taken, Outcomes({first: YES, second: NO}, {first, second, third}))
    return taken


def forget(taken: Slice) -> None:
    """The claim and all that came after are not in the database any more."""
    Delivery.objects.update(fence=0, state="pending", accepted_at=None, provider_message_id="")
    taken.delete()


def states(edition) -> list[str]:
    return list(edition.deliveries.order_by("pk").values_list("state", flat=True))


def test_what_the_database_forgot_is_written_again_from_the_journal_and_the_edition_waits(
    edition, channel
):
    taken = send(edition, channel)
    fence = taken.pk
    forget(taken)

    hold_if_forgotten(edition)

    assert states(edition) == ["accepted", "rejected", "in_doubt", "pending"]
    assert edition.hold_reason.startswith("The database has forgotten 1 slices")
    assert set(edition.deliveries.exclude(state="pending").values_list("fence", flat=True)) == {
        fence
    }
    assert not journal_file(fence).exists()


def test_a_forgotten_slice_has_a_row_again_and_what_is_in_doubt_of_it_is_settled(edition, channel):
    taken = send(edition, channel)
    fence = taken.pk
    forget(taken)

    hold_if_forgotten(edition)
    edition.resume()
    waiting = settle_doubts(edition)

    again = Slice.objects.get(pk=fence)
    assert (again.edition, again.channel, again.size) == (edition, channel, 3)
    assert (again.accepted_count, again.settled_at is None) == (1, False)
    assert (waiting, states(edition)[2]) == (0, "assumed_sent")


def test_no_later_slice_gets_the_number_of_one_that_was_forgotten(edition, channel):
    oldest = make_slice(edition)
    journal = open_journal()
    journal.begin(oldest.pk + 3)  # the database counts from where it was put back to
    journal.starting([edition.deliveries.first().pk])
    journal.close()

    hold_if_forgotten(edition)
    edition.resume()
    later, _ = ledger.claim(edition, channel, 10, "the next", open_journal())

    assert later.pk > oldest.pk + 3


def test_what_was_sent_again_since_is_left_as_it_is(edition, channel):
    forget(send(edition, channel))
    since = make_slice(edition, pk=10**6)
    Delivery.objects.update(fence=since.pk, state="accepted", accepted_at=timezone.now())

    hold_if_forgotten(edition)

    assert states(edition) == ["accepted"] * 4


def test_nothing_happens_where_the_database_knows_every_slice(edition, channel):
    taken = send(edition, channel)
    before = states(edition)

    hold_if_forgotten(edition)

    assert (states(edition), edition.hold_reason) == (before, "")
    assert journal_file(taken.pk).exists()


def test_a_settled_slices_journal_is_removed_after_a_while(edition, channel):
    taken = send(edition, channel)
    long_ago = time.time() - KEPT - 1
    os.utime(journal_file(taken.pk), (long_ago, long_ago))

    hold_if_forgotten(edition)

    assert not journal_file(taken.pk).exists()
    assert edition.hold_reason == ""


def test_a_claim_that_was_never_committed_stops_nothing(edition):
    journal = open_journal()
    journal.begin(404)
    journal.close()

    hold_if_forgotten(edition)

    assert edition.hold_reason == ""
    assert not journal_file(404).exists()


def test_a_slice_that_is_just_being_claimed_is_left_in_peace(edition):
    journal = open_journal()
    journal.begin(404)
    journal.starting([1])

    hold_if_forgotten(edition)

    assert edition.hold_reason == ""
    assert journal_file(404).exists()


def test_a_slice_that_was_claimed_and_settled_since_the_look_is_not_forgotten(edition, channel):
    """It was in nobody's sight when the journals were compared with the rows."""
    taken = send(edition, channel)
    before = states(edition)

    found = forgotten.write_again(taken.pk, open_journal())

    assert (found, states(edition)) == (False, before)
    assert journal_file(taken.pk).exists()


def test_a_sender_whose_slice_is_forgotten_under_it_stops_and_has_it_written_again(
    edition, channel
):
    with Sender(edition) as sender:
        taken, addressees = ledger.claim(edition, channel, 10, sender.owner, sender.journal)
        first = addressees[0].delivery_id
        sender.journal.starting([first])
        sender.journal.came_back(first, YES)
        forget(taken)

        with pytest.raises(Slice.DoesNotExist):
            ledger.settle(taken, Outcomes({first: YES}))
    hold_if_forgotten(edition)

    assert states(edition) == ["accepted", "pending", "pending", "pending"]
    assert edition.hold_reason


@pytest.mark.parametrize("kept", ["", "00000007"])
def test_an_edition_that_finds_another_timeline_than_it_knows_waits(edition, kept):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no timeline")
    Edition.objects.filter(pk=edition.pk).update(db_timeline=kept)
    edition.refresh_from_db()

    hold_if_forgotten(edition)
    reason = edition.hold_reason
    edition.resume()
    hold_if_forgotten(edition)

    assert ("another timeline" in reason) == bool(kept)
    assert edition.hold_reason == ""
    assert edition.db_timeline == "00000001"


def test_a_restored_backup_repeats_nothing_that_a_journal_knows(edition, channel):
    forget(send(edition, channel))

    hold_if_forgotten(edition)
    edition.resume()
    _, addressees = ledger.claim(edition, channel, 10, "the next", open_journal())

    assert len(addressees) == 1


def test_the_journals_of_another_database_say_nothing_of_this_one(edition, channel):
    journal = open_journal()
    taken, (addressee, *_) = ledger.claim(edition, channel, 10, "another", journal)
    journal.starting([addressee.delivery_id])
    journal.close()
    ledger.settle(taken, Outcomes())
    Slice.objects.all().delete()
    Installation.objects.update(ledger_id=uuid4())

    hold_if_forgotten(edition)

    edition.refresh_from_db()
    states = set(edition.deliveries.values_list("state", flat=True))
    assert (edition.hold_reason, states) == ("", {"pending"})


def test_what_else_lies_beside_the_journals_is_left_alone(edition, channel):
    journal = open_journal()
    journal.folder.mkdir(parents=True)
    (journal.folder / "backup.journal").touch()
    (journal.folder / "999.journal").mkdir()

    assert journal.kept() == []
