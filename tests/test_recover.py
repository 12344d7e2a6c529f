"""Who settles a dead sender's slice, when, and what is concluded from its journal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.deliver import ledger
from newsletter.deliver.journal import open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.deliver.liveness import hold, let_go
from newsletter.deliver.recover import recover_abandoned
from newsletter.models import Slice
from newsletter.outcome import Outcome, Result
from tests.factories import journal_file, make_channel, make_delivery, make_leaving_edition

YES = Result(Outcome.ACCEPTED, message_id="queued as 1")
pytestmark = pytest.mark.django_db


class Work:
    """A slice of four: the first was taken, the second is in the air, two have not left."""

    def __init__(self) -> None:
        self.edition = make_leaving_edition(audience_count=4)
        for _ in range(4):
            make_delivery(self.edition)
        self.journal = open_journal()
        self.taken, addressees = ledger.claim(
            self.edition, make_channel(), 10, "a sender", self.journal
        )
        self.first, self.second, *_ = (each.delivery_id for each in addressees)
        self.journal.starting([self.first, self.second])
        self.journal.came_back(self.first, YES)

    @property
    def states(self) -> list[str]:
        return list(self.edition.deliveries.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def at_work(db) -> Work:
    return Work()


@pytest.fixture
def dead(at_work) -> Work:
    at_work.journal.close()
    return at_work


def lease_over(work: Work) -> None:
    Slice.objects.filter(pk=work.taken.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_whole_journal_tells_who_got_it_who_may_have_and_who_did_not(dead):
    recover_abandoned()

    assert dead.states == ["accepted", "in_doubt", "pending", "pending"]
    assert dead.edition.deliveries.get(pk=dead.first).provider_message_id == "queued as 1"
    assert Slice.objects.get().settled_at


def test_recovering_twice_changes_nothing(dead):
    recover_abandoned()
    settled_at = Slice.objects.get().settled_at

    recover_abandoned()

    assert dead.states == ["accepted", "in_doubt", "pending", "pending"]
    assert Slice.objects.get().settled_at == settled_at


def test_a_torn_journal_puts_all_without_an_answer_in_doubt(dead):
    text = journal_file(dead.taken.pk).read_bytes()
    journal_file(dead.taken.pk).write_bytes(text[:-5])

    recover_abandoned()

    assert dead.states == ["in_doubt"] * 4


def test_a_lost_journal_puts_the_whole_slice_in_doubt_at_once(dead):
    journal_file(dead.taken.pk).unlink()

    recover_abandoned()

    assert dead.states == ["in_doubt"] * 4


def test_a_sender_whose_journal_is_locked_is_left_in_peace(at_work):
    lease_over(at_work)

    recover_abandoned()

    assert at_work.states == ["sending"] * 4


def test_a_sender_whose_name_is_held_is_left_in_peace(dead):
    hold("a sender")
    lease_over(dead)

    recover_abandoned()
    alive = dead.states
    let_go("a sender")
    recover_abandoned()

    assert alive == ["sending"] * 4
    assert dead.states == ["accepted", "in_doubt", "pending", "pending"]


def test_a_slice_of_another_machine_waits_for_the_end_of_its_lease(dead, settings, tmp_path):
    settings.JOURNAL_DIR = tmp_path / "another machine's"

    recover_abandoned()
    before = dead.states
    lease_over(dead)
    recover_abandoned()

    assert (before, dead.states) == (["sending"] * 4, ["in_doubt"] * 4)


def test_a_journal_that_cannot_be_opened_is_waited_for_until_the_lease_is_over(dead):
    journal_file(dead.taken.pk).unlink()
    journal_file(dead.taken.pk).mkdir()

    recover_abandoned()
    before = dead.states
    lease_over(dead)
    recover_abandoned()

    assert (before, dead.states) == (["sending"] * 4, ["in_doubt"] * 4)


def test_one_slice_that_cannot_be_recovered_keeps_no_other_back(dead):
    make_delivery(dead.edition)
    journal = open_journal()
    ledger.claim(dead.edition, dead.taken.channel, 10, "another", journal)
    journal.close()
    journal_file(dead.taken.pk).unlink()
    journal_file(dead.taken.pk).mkdir()

    recover_abandoned()

    assert dead.states == ["sending"] * 4 + ["pending"]


def test_a_sender_that_lives_after_all_has_the_last_word_on_what_it_knows(dead):
    journal_file(dead.taken.pk).unlink()
    recover_abandoned()

    ledger.settle(dead.taken, Outcomes({dead.first: YES}, started={dead.first, dead.second}))

    assert dead.states == ["accepted", "in_doubt", "in_doubt", "in_doubt"]
