"""Deliveries on their way while an address moves: nobody is mailed twice, nobody is left out, and
the ledger still adds up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import audience, begin, ledger, settle
from newsletter.deliver.audience import freeze_slice
from newsletter.deliver.journal import open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import (
    Delivery,
    Edition,
    Suppression,
)
from newsletter.models.subscribers import address_key
from newsletter.outcome import Outcome, Result
from newsletter.verify import verify_edition
from tests.factories import (
    make_channel,
    make_done_edition,
    make_edition,
    make_newsletter,
    make_subscription,
)
from tests.moving import NEW, OLD, move, now, there

pytestmark = pytest.mark.django_db


def states(edition: Edition) -> dict[int, str]:
    """By reader."""
    return dict(edition.deliveries.values_list("subscriber", "state"))


@pytest.fixture
def leaving(emma) -> Edition:
    """On its way to Emma, and to whoever the test has made before."""
    return approve_edition(make_edition())


def send(edition: Edition, most: int = 1_000) -> list[str]:
    """To whom a sender's next slice goes."""
    journal = open_journal()
    channel = make_channel(f"channel{edition.slices.count()}")
    claimed = ledger.claim(edition, channel, most, "sender", journal)
    if claimed is None:
        return []
    taken, addressees = claimed
    results = {each.delivery_id: Result(Outcome.ACCEPTED) for each in addressees}
    ledger.settle(taken, Outcomes(results=results))
    journal.close()
    return [each.address for each in addressees]


def test_a_mail_on_its_way_goes_to_the_new_address_once(leaving, emma):
    begin(leaving)

    move(emma)

    assert send(leaving) == [NEW]
    assert send(leaving) == []
    settle(leaving)
    assert verify_edition(leaving) == []


def test_a_mail_that_has_left_is_not_sent_to_the_new_address(leaving, emma):
    begin(leaving)
    sent = send(leaving)

    move(emma)

    assert (sent, send(leaving)) == ([OLD], [])
    settle(leaving)
    assert verify_edition(leaving) == []


def test_whoever_moves_before_the_audience_is_frozen_is_in_it_once(leaving, emma):
    there()
    move(emma)

    begin(leaving)

    assert send(leaving) == [NEW]
    settle(leaving)
    assert verify_edition(leaving) == []


def test_whoever_moves_while_the_audience_is_frozen_is_in_it_once(daily_papers, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    first, last = there(), make_subscription(OLD)
    edition = approve_edition(make_edition())
    edition.move(
        Edition.State.FREEZING,
        come_from=[Edition.State.APPROVED],
        audience_cutoff_at=timezone.now(),
        audience_max_id=last.pk,
    )
    freeze_slice(edition)

    move(last)

    begin(edition)
    assert states(edition) == {last.subscriber_id: "pending"}
    assert send(edition) == [NEW]
    settle(edition)
    assert verify_edition(edition) == []
    assert now(first).merged_into == last


def test_of_two_mails_on_their_way_one_comes(leaving, emma):
    other = there()
    begin(leaving)

    move(emma)

    assert states(leaving) == {emma.subscriber_id: "pending", other.subscriber_id: "suppressed"}
    assert send(leaving) == [NEW]
    settle(leaving)
    assert verify_edition(leaving) == []


def test_what_the_new_address_has_got_does_not_come_again(leaving, emma):
    other = there()
    begin(leaving)
    Delivery.objects.filter(subscriber=emma.subscriber).update(
        not_before=timezone.now() + timedelta(hours=1)
    )
    sent = send(leaving)

    move(emma)

    Delivery.objects.filter(state="pending").update(not_before=timezone.now())
    assert (sent, send(leaving)) == ([NEW], [])
    assert states(leaving) == {emma.subscriber_id: "suppressed", other.subscriber_id: "accepted"}
    settle(leaving)
    assert verify_edition(leaving) == []


@pytest.mark.parametrize("fields", [{"state": "in_doubt"}, {"resent_at": timezone.now()}])
def test_what_may_have_come_to_the_new_address_does_not_come_again(leaving, emma, fields):
    other = there()
    begin(leaving)
    rows = Delivery.objects.filter(subscriber=other.subscriber)
    rows.update(in_doubt_at=timezone.now(), **fields)

    move(emma)

    assert send(leaving) == []


def test_the_ledger_of_what_only_the_new_address_read_goes_with_it(emma, daily_papers):
    letters = make_newsletter()
    other = there(letters)
    edition = approve_edition(make_edition(letters))
    begin(edition)

    move(emma)

    assert states(edition) == {emma.subscriber_id: "pending"}
    assert send(edition) == [NEW]
    settle(edition)
    assert verify_edition(edition) == []
    assert now(other).subscriber.email == NEW


def test_editions_of_before_still_verify(emma):
    there()
    edition = make_done_edition()

    move(emma)

    assert verify_edition(edition) == []


def test_the_old_address_of_a_mover_may_bounce_without_stopping_the_new_one(leaving, emma):
    begin(leaving)
    move(emma)

    Suppression.objects.create(address_key=address_key(OLD), reason="bounced")

    assert send(leaving) == [NEW]
