"""When an address is mailed no more, and when it is tried again."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsletter.message.message_id import message_id
from newsletter.models import Delivery, DeliveryEvent, Suppression
from newsletter.track.events import record
from newsletter.track.said import Said
from newsletter.track.suppress import lift
from tests.factories import DAY, make_delivery, make_leaving_edition, make_slice

Kind = DeliveryEvent.Kind
Reason = Suppression.Reason


@pytest.fixture
def mornings(alice):
    """An edition a day to Alice, of ten days; each mail was taken."""
    mails = []
    for number in range(10):
        edition = make_leaving_edition(date=DAY + timedelta(days=number))
        part = make_slice(edition)
        mails.append(make_delivery(edition, alice, part=part, state=Delivery.State.ACCEPTED))
    alice.confirmed_at = timezone.now() - timedelta(days=99)
    alice.save()
    return mails


def tell(mail, kind, *, days_ago=0.0, code="", number=0):
    at = timezone.now() - timedelta(days=days_ago)
    name = message_id(mail.pk, "paperboy.example")
    event_id = f"{mail.pk} {kind} {number}"
    record([Said("postmark", event_id, kind, (name,), "alice@example.org", at, code)])


def reason():
    return Suppression.objects.holding().values_list("reason", flat=True).first()


def test_a_mailbox_that_does_not_exist_is_mailed_no_more(mornings):
    tell(mornings[0], Kind.HARD, code="5.1.1")

    assert reason() == Reason.BOUNCED


def test_a_domain_that_is_not_found_has_to_be_missing_in_a_second_edition(mornings):
    tell(mornings[0], Kind.HARD, code="5.1.2")
    tell(mornings[0], Kind.HARD, code="5.1.2", number=1)
    after_one = reason()
    tell(mornings[1], Kind.HARD, code="5.1.2")

    assert (after_one, reason()) == (None, Reason.BOUNCED)


def test_an_address_rests_for_two_weeks_when_five_editions_in_a_month_came_back(mornings):
    seen = []
    for mail in mornings[:5]:
        tell(mail, Kind.SOFT, code="5.2.2")
        seen.append(reason())

    assert seen == [None] * 4 + [Reason.FAILING]
    rest = Suppression.objects.get()
    assert rest.ends_at - rest.created_at == timedelta(days=14)


def test_one_edition_counts_once_however_often_it_came_back(mornings):
    for number in range(9):
        tell(mornings[0], Kind.SOFT, number=number)

    assert reason() is None


def test_a_mail_that_arrived_makes_good_what_failed_before_it(mornings):
    for mail in mornings[:4]:
        tell(mail, Kind.SOFT, days_ago=3)
    tell(mornings[4], Kind.DELIVERED, days_ago=2)
    for mail in mornings[5:9]:
        tell(mail, Kind.SOFT)

    assert reason() is None


def test_a_mail_that_arrived_before_the_failures_makes_nothing_good(mornings):
    for mail in mornings[:5]:
        tell(mail, Kind.SOFT)
    tell(mornings[5], Kind.DELIVERED, days_ago=5)

    assert reason() == Reason.FAILING


def test_what_is_more_than_a_month_apart_does_not_add_up(mornings):
    with time_machine.travel(timezone.now() - timedelta(days=31), tick=False):
        for mail in mornings[:4]:
            tell(mail, Kind.SOFT)
    tell(mornings[4], Kind.SOFT)

    assert reason() is None


@pytest.fixture
def rested(mornings):
    """Alice's address failed five times, and its rest is over."""
    for mail in mornings[:5]:
        tell(mail, Kind.SOFT)
    Suppression.objects.update(
        created_at=timezone.now() - timedelta(days=15), ends_at=timezone.now() - timedelta(days=1)
    )
    return mornings


def test_an_address_that_fails_after_its_rest_is_mailed_no_more(rested):
    before = reason()
    tell(rested[5], Kind.SOFT)

    assert (before, reason()) == (None, Reason.BOUNCED)


def test_an_address_that_works_after_its_rest_begins_anew(rested):
    tell(rested[5], Kind.DELIVERED)
    tell(rested[6], Kind.SOFT)

    assert (reason(), Suppression.objects.get().end_reason) == (None, "a mail has arrived")


def test_an_address_that_was_let_off_while_it_rested_begins_anew(mornings):
    for mail in mornings[:5]:
        tell(mail, Kind.SOFT, days_ago=0.1)
    lift(Suppression.objects.get(), "They wrote.")
    tell(mornings[5], Kind.SOFT)

    assert reason() is None


def test_what_weighs_more_takes_the_place_of_what_weighs_less(mornings):
    for kind in (Kind.HARD, Kind.COMPLAINED, Kind.HARD):
        tell(mornings[0], kind, code="5.1.1", number=kind)

    assert reason() == Reason.COMPLAINED


def test_what_an_editor_has_set_stays(mornings, alice):
    key = alice.subscriber.address_key
    Suppression.objects.create(address_key=key, reason=Reason.MANUAL)

    tell(mornings[0], Kind.COMPLAINED)

    assert reason() == Reason.MANUAL


@pytest.mark.parametrize(("days_ago", "holds"), [(2, None), (0, Reason.BOUNCED)])
def test_only_what_happened_after_a_suppression_was_lifted_begins_it_anew(
    mornings, alice, days_ago, holds
):
    now = timezone.now()
    Suppression.objects.create(
        address_key=alice.subscriber.address_key,
        reason=Reason.BOUNCED,
        created_at=now - timedelta(days=9),
        ends_at=now - timedelta(days=1),
    )

    tell(mornings[0], Kind.HARD, code="5.1.1", days_ago=days_ago)

    assert reason() == holds
