"""A whole edition by way of a provider: ledger, batches, and what was in doubt."""

from collections import Counter

import pytest

from newsletter.approve import approve_edition
from newsletter.deliver import balance_of, deliver_edition
from newsletter.models import Edition
from tests.factories import make_edition, make_subscription
from tests.http_provider import Fault, HttpProvider

pytestmark = pytest.mark.django_db
READERS = [f"reader{number}@example.org" for number in range(8)]


@pytest.fixture
def edition(daily_papers) -> Edition:
    for number, address in enumerate(READERS):
        make_subscription(address, language="en" if number % 4 else "ko")
    return approve_edition(make_edition(daily_papers))


@pytest.fixture
def deliver(settings, edition):
    def run(personality, *faults):
        with HttpProvider(personality, faults=list(faults)) as provider:
            settings.CHANNELS = {"default": provider.email_url()}
            deliver_edition(edition)
        edition.refresh_from_db()
        return provider

    return run


@pytest.mark.parametrize("personality", ["mailgun", "sendgrid", "ses"])
def test_an_edition_goes_to_each_reader_once(deliver, edition, personality):
    provider = deliver(personality)

    assert sorted(copy.address for copy in provider.copies) == READERS
    assert (edition.state, balance_of(edition).accepted) == ("done", len(READERS))


@pytest.mark.parametrize("personality", ["brevo", "mailjet", "resend"])
def test_what_is_in_doubt_is_settled_under_the_providers_key(deliver, edition, personality):
    provider = deliver(personality, Fault("reset", after=True, times=1))

    assert Counter(copy.address for copy in provider.copies) == Counter(READERS)
    assert (edition.state, balance_of(edition).accepted) == ("done", len(READERS))
    assert {delivery.resolved_by for delivery in edition.deliveries.all()} == {"", "key"}


def test_one_bad_address_of_a_batch_keeps_nobody_else_from_their_mail(deliver, edition):
    make_subscription("refused@example.org")

    provider = deliver("sendgrid")

    assert sorted(copy.address for copy in provider.copies) == READERS
    assert balance_of(edition).rejected == 1
    assert edition.state == "done"
