"""Addresses that last for minutes: asked for another at the doors, and taken from a file."""

import pytest
from disposable_email_domains import blocklist
from django.test import Client

from newsletter.disposable import is_disposable
from newsletter.models import Subscription
from newsletter.typos import WELL_KNOWN


@pytest.mark.parametrize(
    ("address", "is_listed"),
    [
        ("dana@mailinator.com", True),
        ("dana@eu.mailinator.com", True),
        ("dana@a.b.mailinator.com", True),
        ("dana@no-mailinator.com", False),
        ("dana@mailinator.com.example.org", False),
        ("dana@com", False),
        ("dana@duck.com", False),  # these pass mail on to where it is read
        ("dana@privaterelay.appleid.com", False),
        ("dana@mozmail.com", False),
    ],
)
def test_a_domain_on_the_list_or_below_one_is_known(address, is_listed):
    assert is_disposable(address) is is_listed


def test_no_domain_that_many_read_at_is_on_the_list():
    assert blocklist.isdisjoint(WELL_KNOWN)
    assert not [domain for domain in blocklist if "." not in domain]


def ask(email: str):
    return Client().post("/subscribe/", {"email": email, "language": "en"}).text


def test_whoever_writes_one_is_asked_for_another(daily_papers):
    page = ask("dana@mailinator.com")

    assert "Addresses there last for minutes." in page
    assert 'value="dana@mailinator.com"' in page
    assert not Subscription.objects.exists()


def test_they_are_taken_where_the_operator_says_so(daily_papers, settings):
    settings.ALLOW_DISPOSABLE = True

    ask("dana@mailinator.com")

    assert Subscription.objects.get().subscriber.email == "dana@mailinator.com"
