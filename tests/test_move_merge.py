"""Moving to an address that is read at already: two readers become one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsletter import links
from newsletter.known import erase, known_of
from newsletter.models import (
    AddressChange,
    Subscriber,
    Subscription,
)
from newsletter.move import ask_to_move
from newsletter.subscribe import choose
from tests.factories import (
    make_done_edition,
    make_newsletter,
    make_subscription,
)
from tests.moving import NEW, move, now, there

pytestmark = pytest.mark.django_db

State = Subscription.State


def second(reader: Subscription, newsletter, **fields) -> Subscription:
    fields = {"state": State.CONFIRMED, "confirmed_at": timezone.now() - timedelta(days=1)} | fields
    return Subscription.objects.create(
        subscriber=reader.subscriber, newsletter=newsletter, **fields
    )


@pytest.mark.parametrize("state", [State.CONFIRMED, State.PENDING, State.UNSUBSCRIBED])
def test_there_is_one_reader_then_as_the_one_who_moved_has_chosen(emma, state):
    other = there(state=state, hour=20)
    choose(emma, hour=7)

    move(emma)

    assert list(Subscription.objects.mailable()) == [emma]
    assert (now(emma).subscriber.email, now(emma).hour) == (NEW, 7)
    assert (now(other).state, now(other).merged_into, now(other).hour) == (
        State.UNSUBSCRIBED,
        emma,
        None,
    )


def test_links_in_mails_to_either_address_end_what_comes(emma):
    other = there()
    move(emma)

    token = links.unsubscribe_token(other.pk)
    choices = Client().get(f"/u/{token}/choices/").status_code
    left = Client().post(f"/u/{token}/", {"List-Unsubscribe": "One-Click"})

    assert (choices, left.status_code) == (200, 200)
    assert not Subscription.objects.mailable().exists()


def test_links_go_on_to_whom_a_reader_became_one_with_at_last(emma):
    first, last = there(), make_subscription("third@example.net")
    move(emma)

    move(last, NEW)

    assert now(first).merged_into == now(emma).merged_into == last
    assert [each.pk for each in Subscription.objects.mailable()] == [last.pk]


def test_what_only_the_new_address_read_goes_on(emma):
    letters = make_newsletter()
    other = there(letters, hour=20)

    move(emma)

    assert now(other).subscriber_id == emma.subscriber_id
    assert set(Subscription.objects.mailable()) == {emma, other}
    assert now(other).hour == 20


def test_what_the_mover_had_left_and_the_new_address_reads_goes_on_as_chosen_there(emma):
    letters = make_newsletter()
    mine = second(emma, letters, state=State.UNSUBSCRIBED, unsubscribed_at=timezone.now())
    other = there(letters, hour=20)

    move(emma)

    assert (now(mine).state, now(mine).hour) == (State.CONFIRMED, 20)
    assert now(other).merged_into == mine


def test_a_request_that_waits_at_the_new_address_may_still_be_confirmed_there(emma):
    letters = make_newsletter()
    asked_at = timezone.now()
    asked = there(
        letters, state=State.PENDING, confirmed_at=None, confirmation_requested_at=asked_at
    )

    move(emma)

    assert now(asked).confirmation_requested_at == asked_at


def test_the_former_reader_leaves_no_address_and_their_own_change_ends(emma):
    other = there()
    ask_to_move(other, "else@example.net")

    move(emma)

    assert list(Subscriber.objects.filter(email=NEW)) == [emma.subscriber]
    assert Subscriber.objects.get(pk=other.subscriber_id).email == ""
    assert not AddressChange.objects.filter(subscriber=other.subscriber_id).exists()


def test_everything_of_both_is_known_and_erased_together(emma):
    other = there()
    make_done_edition()
    move(emma)
    reader = now(emma).subscriber

    known = known_of(reader)
    erase(reader)

    assert len(known["subscriptions"]) == len(known["mails"]) == 2
    assert not Subscriber.objects.exclude(email="").exists()
    assert now(other).subscriber.email == ""
