"""A copy of the database mails nobody."""

import pytest

from newsletter.approve import approve_edition
from newsletter.deliver import NotArmed, balance_of, deliver_edition
from newsletter.deliver.armed import arm, require_armed
from newsletter.models import Edition
from tests.factories import make_edition

pytestmark = pytest.mark.django_db


def test_the_first_site_to_send_is_the_one_and_may_ask_again(settings):
    require_armed()
    require_armed()

    settings.SITE_URL = "https://staging.example"
    with pytest.raises(NotArmed, match=r"mails for https://paperboy\.example, .* manage\.py arm"):
        require_armed()


def test_a_copy_of_an_approved_edition_sends_nothing(relay, settings, daily_papers, alice):
    require_armed()
    edition = approve_edition(make_edition(daily_papers))
    settings.SITE_URL = "https://staging.example"

    with pytest.raises(NotArmed):
        deliver_edition(edition)

    assert (relay.recipients, edition.state) == ([], Edition.State.APPROVED)


def test_a_copy_of_an_edition_on_its_way_sends_nothing(relay, settings, daily_papers, alice, emma):
    relay.replies_to_recipient["emma@example.org"] = "450 4.2.0 greylisted"
    edition = approve_edition(make_edition(daily_papers))
    deliver_edition(edition)
    edition.deliveries.filter(state="pending").update(not_before=edition.not_before)
    relay.replies_to_recipient.clear()
    settings.SITE_URL = "https://staging.example"

    with pytest.raises(NotArmed):
        deliver_edition(edition)

    assert relay.recipients == ["alice@example.org"]
    assert balance_of(edition).pending == 1


def test_a_site_that_has_moved_is_armed_by_its_operator_and_goes_on(settings):
    require_armed()
    settings.SITE_URL = "https://new.example"

    arm()

    require_armed()
