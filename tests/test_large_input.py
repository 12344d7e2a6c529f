"""More than anybody would send: it is refused in words, soon, and nothing is kept (T21)."""

import time

import pytest
from django.test import Client

from newsletter import links
from newsletter.models import Subscriber, Wording

HUGE = "x" * 10_000_000
SOON = 5  # seconds, on a machine that does other things


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def post(client, path, field):
    began_at = time.monotonic()
    answer = client.post(path, {"email": "dana@example.org", "language": "en", field: HUGE})
    assert time.monotonic() - began_at < SOON
    return answer.status_code


@pytest.mark.parametrize("field", ["email", "language", "website", "typed", "newsletter", "proof"])
def test_a_field_of_ten_megabytes_is_refused_by_the_form(client, daily_papers, field):
    assert post(client, "/subscribe/", field) in (400, 413)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("field", ["email", "wording", "language", "proof"])
def test_and_by_the_door_for_programs(client, daily_papers, field):
    answer = client.post(
        "/api/subscribe/", {"email": "dana@example.org", field: HUGE}, "application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not (Subscriber.objects.exists() or Wording.objects.exists())


@pytest.mark.parametrize("field", ["favoured", "muted", "time_zone"])
def test_and_by_the_settings_page(client, alice, field):
    path = f"/u/{links.unsubscribe_token(alice.pk)}/choices/"

    assert post(client, path, field) in (400, 413)


@pytest.mark.parametrize("path", ["/u/{}/", "/c/{}/", "/a/{}/", "/m/{}/", "/p/{}/"])
def test_an_address_as_long_as_servers_take_leads_nowhere(client, db, path):
    assert client.get(path.format("x" * 8_000)).status_code in (404, 410)


def test_ten_thousand_fields_are_too_many(client, daily_papers):
    answer = client.post("/subscribe/", {f"field{number}": "x" for number in range(10_000)})

    assert answer.status_code in (400, 413)
