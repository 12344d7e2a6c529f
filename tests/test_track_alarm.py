"""What comes back later puts an edition on hold, when it says more of us than of its readers."""

import pytest
from django.utils import timezone

from newsletter.message.message_id import message_id
from newsletter.models import Delivery, DeliveryEvent, Edition
from newsletter.track import alarm
from newsletter.track.events import record
from newsletter.track.said import Said
from tests.factories import make_delivery, make_leaving_edition, make_slice

Kind = DeliveryEvent.Kind


@pytest.fixture
def edition(db):
    return make_leaving_edition()


@pytest.fixture
def mails(edition):
    """A hundred, taken: of an edition whose other readers wait for their morning."""
    part = make_slice(edition, accepted_count=100)
    return [make_delivery(edition, part=part, state=Delivery.State.ACCEPTED) for _ in range(100)]


def tell(mails, kind, code=""):
    record(
        [
            Said(
                "ses",
                f"{mail.pk} {kind}",
                kind,
                (message_id(mail.pk, "localhost"),),
                mail.subscriber.email,
                timezone.now(),
                code,
            )
            for mail in mails
        ]
    )
    alarm.look()


def hold_reason(edition):
    edition.refresh_from_db()
    return edition.hold_reason


@pytest.mark.parametrize(("count", "is_held"), [(20, False), (21, True)])
def test_more_than_a_fifth_refused_for_what_we_are_is_too_much(edition, mails, count, is_held):
    tell(mails[:count], Kind.POLICY, "5.7.26")

    assert bool(hold_reason(edition)) == is_held


def test_where_arrivals_are_told_the_share_is_of_what_was_heard(edition, mails):
    edition.slices.update(accepted_count=30)
    tell(mails[:20], Kind.DELIVERED)
    tell(mails[20:30], Kind.POLICY, "5.7.1")

    assert hold_reason(edition).startswith("10 of 30 mails were refused for what we are")


def test_what_is_told_first_is_not_taken_for_all_of_it(edition, mails):
    edition.slices.update(accepted_count=100_000)
    tell(mails[:10], Kind.DELIVERED)
    tell(mails[10:40], Kind.HARD, "5.1.1")

    assert hold_reason(edition) == ""


def test_what_came_before_an_editor_let_it_go_on_holds_it_no_more(edition, mails):
    tell(mails[:50], Kind.POLICY, "5.7.1")
    was_held = hold_reason(edition)
    edition.resume()
    tell(mails[50:60], Kind.POLICY, "5.7.1")
    after_ten = hold_reason(edition)
    tell(mails[60:], Kind.POLICY, "5.7.1")

    assert (bool(was_held), after_ten, bool(hold_reason(edition))) == (True, "", True)


def test_four_refusals_are_not_enough_however_few_mails_there_were(edition, mails):
    tell(mails[:4], Kind.POLICY, "5.7.1")

    assert hold_reason(edition) == ""


@pytest.mark.parametrize(("count", "is_held"), [(24, False), (25, True)])
def test_too_many_addresses_that_do_not_exist_are_a_bad_list(edition, mails, count, is_held):
    tell(mails[:count], Kind.HARD, "5.1.1")

    assert bool(hold_reason(edition)) == is_held


@pytest.mark.parametrize(("count", "is_held"), [(4, False), (5, True)])
def test_complaints_stop_an_edition(edition, mails, count, is_held):
    tell(mails[:count], Kind.COMPLAINED)

    assert bool(hold_reason(edition)) == is_held


def test_an_edition_that_is_over_is_not_held(edition, mails):
    over = {"state": Edition.State.DONE, "done_at": timezone.now()}
    Edition.objects.filter(pk=edition.pk).update(**over)

    tell(mails, Kind.POLICY, "5.7.1")

    assert hold_reason(edition) == ""


def test_an_editor_s_reason_stays(edition, mails):
    edition.hold("We wait for Kim.")

    tell(mails, Kind.POLICY, "5.7.1")

    assert hold_reason(edition) == "We wait for Kim."
