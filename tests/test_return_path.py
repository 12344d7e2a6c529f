"""Where mails go back to, when they cannot be delivered."""

import pytest

from newsletter.approve import approve_edition
from newsletter.deliver import deliver_edition
from newsletter.message import delivery_of_message_id, notice_of_message_id
from newsletter.models import Delivery, Notice
from newsletter.notify import send_due_notices
from newsletter.subscribe import subscribe
from tests.factories import make_edition

AUTHOR = "Paperboy <paperboy@paperboy.example>"


@pytest.fixture
def has_mailbox(settings):
    settings.BOUNCE_ADDRESS = "bounces@mail.paperboy.example"


def deliver():
    deliver_edition(approve_edition(make_edition()))


def test_an_edition_s_mail_goes_back_to_an_address_that_names_its_delivery(
    has_mailbox, relay, alice, emma
):
    deliver()

    assert all(sender.startswith("bounces+") for sender in relay.senders)
    assert all(sender.endswith("@mail.paperboy.example") for sender in relay.senders)
    named = {delivery_of_message_id(sender) for sender in relay.senders}
    assert named == set(Delivery.objects.values_list("pk", flat=True))


def test_a_small_mail_goes_back_to_an_address_that_names_it(has_mailbox, relay, daily_papers):
    subscribe("dana@example.org", daily_papers, "ko")

    send_due_notices()

    [sender] = relay.senders
    assert notice_of_message_id(sender) == Notice.objects.get().pk


def test_readers_see_the_author_whatever_address_mail_goes_back_to(
    has_mailbox, relay, alice, daily_papers
):
    deliver()
    subscribe("dana@example.org", daily_papers, "ko")
    send_due_notices()

    assert {str(message["From"]).partition("<")[2] for message in relay.messages()} == {
        AUTHOR.partition("<")[2]
    }


def test_without_a_mailbox_for_bounces_mail_goes_back_to_its_author(relay, alice, daily_papers):
    deliver()
    subscribe("dana@example.org", daily_papers, "ko")
    send_due_notices()

    assert relay.senders == ["paperboy@paperboy.example"] * 2
