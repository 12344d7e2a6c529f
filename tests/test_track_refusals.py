"""What was answered at once counts like what is told later."""

import pytest
from django.utils import timezone

from newsletter.models import Delivery, DeliveryEvent, Edition, Suppression
from newsletter.tasks import verify_edition
from newsletter.track.refusals import take_refusals
from tests.factories import make_delivery, make_leaving_edition, make_slice

State = Delivery.State


@pytest.fixture
def edition(db):
    return make_leaving_edition(state=Edition.State.DONE, done_at=timezone.now())


def refused(edition, code, state=State.REJECTED):
    return make_delivery(edition, part=make_slice(edition), state=state, error_code=code)


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        ("550 5.1.1", State.REJECTED, "hard"),
        ("Postmark 406", State.REJECTED, "hard"),
        ("550", State.REJECTED, "soft"),
        ("refused by the provider", State.REJECTED, "soft"),
        ("452 4.2.2", State.EXPIRED, "soft"),
        ("451", State.EXPIRED, None),
        ("451 sender refused", State.EXPIRED, None),
        ("452 4.3.1", State.EXPIRED, None),
        ("550 5.7.1", State.EXPIRED, None),
        ("cannot connect: gaierror", State.EXPIRED, None),
        ("no mail can go to this address", State.REJECTED, None),
        ("the relay cannot carry this address", State.REJECTED, None),
        ("550 5.1.1", State.PENDING, None),
    ],
)
def test_an_answer_is_kept_where_it_says_something_of_the_reader(edition, code, state, kind):
    refused(edition, code, state)

    take_refusals(edition)

    found = DeliveryEvent.objects.values_list("kind", flat=True).first()
    assert found == kind


def test_a_reader_whose_mailbox_a_relay_does_not_know_is_mailed_no_more(edition):
    mail = refused(edition, "550 5.1.1")

    verify_edition(edition.pk)

    assert Suppression.objects.get().address_key == mail.address_key


def test_taking_them_twice_counts_once(edition):
    refused(edition, "550 5.1.1")

    assert [take_refusals(edition), take_refusals(edition)] == [1, 0]
