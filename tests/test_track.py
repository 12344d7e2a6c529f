"""What a provider's later word makes of a delivery in doubt."""

from itertools import pairwise

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, tracking

from newsletter.message.message_id import message_id
from newsletter.models import Delivery
from newsletter.track import PROOFS
from tests.factories import make_delivery, make_leaving_edition, make_slice, make_subscription

State = Delivery.State


@pytest.fixture
def doubted(db):
    """Alice's, in doubt."""
    edition = make_leaving_edition()
    reader = make_subscription("Alice@bücher.example")
    return make_delivery(edition, reader, part=make_slice(edition), state=State.IN_DOUBT)


def name_of(delivery):
    return message_id(delivery.pk, "paperboy.example")


def told(delivery, event_type=EventType.DELIVERED, **fields):
    """What became of a delivery after an event came in."""
    fields = {"message_id": name_of(delivery), "recipient": "Alice@bücher.example"} | fields
    event = AnymailTrackingEvent(event_type=event_type, **fields)
    tracking.send(sender=object, event=event, esp_name="Postmark")
    delivery.refresh_from_db()
    return delivery.state, delivery.resolved_by


@pytest.mark.parametrize("event_type", sorted(PROOFS))
def test_whatever_happened_to_a_mail_proves_that_it_was_taken(doubted, event_type):
    assert told(doubted, event_type) == (State.ACCEPTED, f"event Postmark {event_type}")


@pytest.mark.parametrize(
    "event_type", [EventType.REJECTED, EventType.FAILED, EventType.SUBSCRIBED, EventType.UNKNOWN]
)
def test_what_may_happen_to_a_mail_that_never_left_proves_nothing(doubted, event_type):
    assert told(doubted, event_type)[0] == State.IN_DOUBT


def test_a_delivery_is_named_by_metadata_where_the_provider_has_an_id_of_its_own(doubted):
    metadata = {"delivery": name_of(doubted).strip("<").partition("@")[0]}

    assert told(doubted, message_id="b7bc2f4a", metadata=metadata)[0] == State.ACCEPTED


@pytest.mark.parametrize("recipient", ["ALICE@bücher.example", "alice@xn--bcher-kva.example"])
def test_an_address_may_be_spelt_as_on_the_wire(doubted, recipient):
    assert told(doubted, recipient=recipient)[0] == State.ACCEPTED


@pytest.mark.parametrize(
    "forged",
    [
        {"recipient": "mallory@example.org"},
        {"recipient": None},
        {"message_id": None},
        {"message_id": "<1.0000000000000000@paperboy.example>"},
        {"message_id": "", "metadata": None},
        {"message_id": "b7bc2f4a", "metadata": {"delivery": ["1"]}},
    ],
)
def test_an_event_that_does_not_prove_whom_it_is_about_counts_for_nothing(doubted, forged):
    assert told(doubted, **forged)[0] == State.IN_DOUBT


def test_an_event_about_a_delivery_that_is_gone_is_passed_over(doubted):
    name = name_of(doubted)
    doubted.delete()
    event = AnymailTrackingEvent(event_type=EventType.DELIVERED, message_id=name, recipient="a@b.c")

    answers = tracking.send(sender=object, event=event, esp_name="Postmark")

    assert [answer for _, answer in answers] == [None]


def test_events_may_come_twice_and_in_any_order(doubted):
    seen = [told(doubted, kind) for kind in (EventType.OPENED, EventType.DELIVERED)]

    assert all(earlier == later for earlier, later in pairwise(seen))


@pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.EXPIRED])
def test_an_event_changes_nothing_where_nothing_was_in_doubt(doubted, state):
    Delivery.objects.filter(pk=doubted.pk).update(state=state)

    assert told(doubted)[0] == state
