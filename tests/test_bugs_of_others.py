"""What broke other newsletter systems in public, at the same points of ours.

Each test kills a sender where theirs was killed, starts the next one as the clock would, and looks
at what the provider was given and what the ledger says of it.
"""

from collections import Counter
from dataclasses import asdict
from functools import partial

import pytest

from newsletter.approve import approve_edition
from newsletter.celery import app
from newsletter.deliver import audience, balance_of, deliver_edition, sender
from newsletter.models import Edition, Subscription
from newsletter.tick import tick as look_at_what_is_due
from newsletter.verify import verify_edition
from tests.crash import Answer, Point, Provider, ScriptedCarrier, after, dies_at
from tests.factories import make_channel, make_edition, make_subscription

A_SLICE = 4
READERS = [f"reader{number}@example.org" for number in range(10)]


@pytest.fixture
def provider(tmp_path, monkeypatch) -> Provider:
    provider = Provider(tmp_path / "truth")
    provider.path.touch()
    monkeypatch.setattr(sender, "carrier_for", lambda *channel: ScriptedCarrier(provider, 1))
    return provider


@pytest.fixture
def eager_worker():
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def edition(transactional_db, daily_papers, provider, eager_worker, monkeypatch) -> Edition:
    """Approved, for ten readers who are written down and mailed four at a time."""
    monkeypatch.setattr(audience, "SLICE", A_SLICE)
    make_channel(slice_size=A_SLICE)
    for address in READERS:
        make_subscription(address)
    daily_papers.is_active = False  # nothing is to be fetched by the ticks
    daily_papers.save()
    return approve_edition(make_edition(daily_papers))


def killed(edition: Edition, point: Point) -> None:
    assert dies_at(point, partial(deliver_edition, edition))
    edition.refresh_from_db()


def tick(edition: Edition) -> None:
    """A minute later; a worker does at once what it is woken for."""
    look_at_what_is_due()
    edition.refresh_from_db()


def test_readers_whose_batch_was_fetched_when_the_process_died_are_mailed_after_the_restart(
    edition, provider
):
    """listmonk #3022: its cursor moved when a batch was fetched, so a restart skipped the batch."""
    killed(edition, after("newsletter.deliver.ledger:claim").at(2))
    fetched = edition.deliveries.filter(state="sending").count()

    tick(edition)

    assert fetched == A_SLICE
    assert provider.copies() == Counter(READERS)
    assert edition.state == Edition.State.DONE


def test_an_edition_whose_rows_were_written_and_whose_job_was_lost_goes_out_with_the_next_tick(
    edition, provider
):
    """Ghost #29987: rows were there, the job that was to send them was not, and nobody looked."""
    killed(edition, after("newsletter.deliver:begin"))
    written, asked = edition.deliveries.count(), provider.asked()

    tick(edition)

    assert (written, asked) == (len(READERS), Counter())
    assert provider.copies() == Counter(READERS)
    assert edition.state == Edition.State.DONE


def test_an_audience_that_is_half_written_is_not_taken_for_the_whole(edition, provider):
    """Ghost #30230: some batches of a killed run were found, and taken for all there were."""
    killed(edition, after("newsletter.deliver.audience:freeze_slice"))
    half = edition.deliveries.count(), edition.state

    tick(edition)

    assert half == (A_SLICE, Edition.State.FREEZING)
    assert provider.copies() == Counter(READERS)
    assert edition.audience_count == len(READERS)
    assert verify_edition(edition) == []


def test_no_recipient_is_missing_from_the_sum_whatever_became_of_them(edition, provider):
    """Ghost #30542: what was neither sent nor failed was in no count, and the sum was too small."""
    provider.answers = {
        READERS[1]: Answer.NO,
        READERS[2]: Answer.LATER,
        READERS[4]: Answer.YES_UNHEARD,
        READERS[6]: Answer.NO_UNHEARD,
    }
    leaves_on_the_way = Subscription.objects.filter(subscriber__email=READERS[9])
    provider.when_asked = lambda address: leaves_on_the_way.update(state="unsubscribed")
    second_answer = after("newsletter.deliver.journal.files:FileJournal.came_back").at(2)
    sums = []

    while dies_at(second_answer, partial(deliver_edition, edition)):
        edition.refresh_from_db()
        sums.append(total(edition))
    tick(edition)

    balance = balance_of(edition)
    assert sums == [len(READERS)] * 4
    assert total(edition) == balance.audience_count == len(READERS)
    assert (balance.rejected, balance.suppressed) == (1, 1)
    assert provider.copies()[READERS[6]] == 0


def total(edition: Edition) -> int:
    counts = asdict(balance_of(edition))
    del counts["audience_count"]
    return sum(counts.values())
