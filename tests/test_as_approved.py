"""Only the bytes of the approved hash can be sent, and those that arrive have it."""

import pytest

from newsletter.approve import approve_edition, reopen_edition
from newsletter.deliver import begin, deliver_edition
from newsletter.links import unsubscribe_url
from newsletter.models import Delivery, Edition, Subscription
from newsletter.rendered import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, Rendered, content_hash
from tests.factories import make_edition

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return make_edition(daily_papers, papers=2)


def as_received(message, reader: Subscription) -> Rendered:
    """What a mail holds, its personal places open again."""

    def opened(kind: str) -> str:
        text = message.get_body([kind]).get_content().replace("\r\n", "\n")
        text = text.replace(unsubscribe_url(reader.pk), UNSUBSCRIBE_URL_SLOT)
        return text.replace(reader.subscriber.email, ADDRESS_SLOT)

    return Rendered(
        subject=message["Subject"], preheader="", html=opened("html"), text=opened("plain")
    )


def test_the_bytes_that_arrive_have_the_hash_that_was_approved(edition, alice, emma, relay):
    approved = approve_edition(edition).content_sha256

    deliver_edition(edition)

    readers = {reader.subscriber.email: reader for reader in (alice, emma)}
    received = {
        readers[message["To"]].language: as_received(message, readers[message["To"]])
        for message in relay.messages()
    }
    renditions = {each.language: each.sha256 for each in edition.renditions.all()}
    assert {language: mail.sha256 for language, mail in received.items()} == renditions
    assert content_hash(received) == approved


def test_what_is_edited_after_the_approval_is_not_sent_until_it_is_approved_again(
    edition, alice, relay
):
    first = approve_edition(edition).content_sha256
    reopen_edition(edition)
    edition.renditions.filter(language="ko").update(subject="다른 제목")
    deliver_edition(edition)
    before = relay.recipients

    second = approve_edition(edition).content_sha256
    deliver_edition(edition)

    (message,) = relay.messages()
    assert (before, message["Subject"]) == ([], "다른 제목")
    assert first != second


def test_bytes_that_are_not_those_of_the_hash_are_held_and_nothing_leaves(edition, alice, relay):
    approve_edition(edition)
    rendition = edition.renditions.get(language="ko")
    rendition.frozen_html = rendition.frozen_html.replace("arxiv.org", "evil.example")
    rendition.save()

    deliver_edition(edition)

    edition.refresh_from_db()
    assert (edition.state, relay.recipients) == (State.APPROVED, [])
    assert edition.hold_reason.startswith("What would leave is not what was approved")
    assert not Delivery.objects.exists()


def test_an_approval_taken_back_and_given_again_mends_it(edition, alice, relay):
    approve_edition(edition)
    edition.renditions.filter(language="ko").update(frozen_subject="다른 제목")
    begin(edition)

    edition.refresh_from_db()
    edition.resume()
    reopen_edition(edition)
    deliver_edition(approve_edition(edition))

    assert edition.state == State.DONE
