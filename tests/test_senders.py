"""From which addresses a newsletter may be sent."""

import pytest
from django.core.exceptions import ValidationError

from newsletter.senders import needs_records, vouched_for


@pytest.mark.parametrize(
    "address", ["paper@gmail.com", "paper@NAVER.com", "a@daum.net", "a@news.test", "a@localhost"]
)
def test_a_domain_that_cannot_vouch_for_it_is_refused(address):
    with pytest.raises(ValidationError):
        vouched_for(address)


@pytest.mark.parametrize("address", ["paper@example.org", "a@news.naver.com", "a@mygmail.com"])
def test_a_domain_of_ones_own_is_accepted(address):
    vouched_for(address)


def test_another_domain_than_the_sites_has_records_to_set(settings):
    settings.DEFAULT_FROM_EMAIL = "Paperboy <paperboy@example.org>"

    assert [needs_records(f"a@{name}") for name in ("Example.ORG", "news.example.org")] == [
        "",
        "news.example.org",
    ]
