"""Moving to an address that is read at already: two readers become one, nobody is mailed twice, and
the ledger still adds up."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsletter import links
from newsletter.approve import approve_edition
from newsletter.consent import MAIL
from newsletter.deliver import begin, ledger, settle
from newsletter.deliver.journal import open_journal
from newsletter.deliver.ledger import Outcomes
from newsletter.known import erase, known_of
from newsletter.models import (
    AddressChange,
    Agreement,
    Delivery,
    Edition,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.models.subscribers import address_key
from newsletter.move import agree, ask_to_move
from newsletter.outcome import Outcome, Result
from newsletter.subscribe import choose
from newsletter.verify import verify_edition
from tests.factories import (
    make_channel,
    make_done_edition,
    make_edition,
    make_newsletter,
    make_subscription,
)

pytestmark = pytest.mark.django_db

State = Subscription.State
OLD, NEW = "emma@example.org", "emma@example.net"


def move(subscription: Subscription, email: str = NEW) -> None:
    ask_to_move(subscription, email)
    change = AddressChange.objects.get(subscriber=subscription.subscriber_id)
    for side in Agreement.Side:
        agree(change, side, MAIL)


def there(newsletter=None, **fields) -> Subscription:
    """Somebody's at the new address."""
    return make_subscription(NEW, newsletter, **fields)


def now(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("subscriber").get(pk=subscription.pk)


def second(reader: Subscription, newsletter, **fields) -> Subscription:
    fields = {"state": State.CONFIRMED, "confirmed_at": timezone.now() - timedelta(days=1)} | fields
    return Subscription.objects.create(
        subscriber=reader.subscriber, newsletter=newsletter, **fields
    )


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
