"""More than anybody would send: it is refused in words, soon, and nothing is kept (T21)."""

import time

import pytest
from django.test import Client

from newsletter import links
from newsletter.models import Subscriber, Wording

HUGE = "x" * 10_000_000  # more than any body may have
LARGE = "x" * 2_000_000  # as much as one may, so that the form looks at it
LARGE_FOR_PROGRAMS = "x" * 16_000
SOON = 5  # seconds, on a machine that does other things


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def choices(alice):
    return f"/u/{links.unsubscribe_token(alice.pk)}/choices/"


def post(client, path, **fields):
    began_at = time.monotonic()
    answer = client.post(path, {"email": "dana@example.org", "language": "en"} | fields)
    assert time.monotonic() - began_at < SOON
    return answer


def post_json(client, **fields):
    fields = {"email": "dana@example.org"} | fields
    return client.post("/api/subscribe/", fields, "application/json")


def test_a_body_of_ten_megabytes_is_refused_at_every_door(client, choices):
    before = Subscriber.objects.count()

    assert post(client, "/subscribe/", email=HUGE).status_code in (400, 413)
    assert post(client, choices, favoured=HUGE).status_code in (400, 413)
    by_a_program = post_json(client, email=HUGE)
    assert (by_a_program.status_code, by_a_program.json()["code"]) == (413, "too_large")
    assert Subscriber.objects.count() == before


@pytest.mark.parametrize(
    "field", ["email", "meant", "language", "website", "shown_at", "newsletter"]
)
def test_a_field_of_two_megabytes_is_refused_by_the_form(client, daily_papers, field):
    answer = post(client, "/subscribe/", **{field: LARGE})

    assert answer.status_code in (200, 302, 404)
    assert not Subscriber.objects.exists()


def test_and_so_is_a_proof_of_that_size_where_one_is_asked_for(client, daily_papers, settings):
    settings.PROOF_OF_WORK, settings.CONFIRMATIONS_AN_HOUR = True, 0

    answer = post(client, "/subscribe/", proof=LARGE)

    assert answer.status_code in (200, 403)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("field", ["email", "wording", "language", "proof", "newsletter", "typed"])
def test_a_field_that_fills_the_body_is_refused_by_the_door_for_programs(
    client, daily_papers, field
):
    answer = post_json(client, **{field: LARGE_FOR_PROGRAMS})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_fields")
    assert list(answer.json()["fields"]) == [field]
    assert not (Subscriber.objects.exists() or Wording.objects.exists())


@pytest.mark.parametrize("field", ["language", "hour", "time_zone", "favoured", "muted"])
def test_a_field_of_two_megabytes_is_refused_by_the_settings_page(client, alice, choices, field):
    rest = {"weekdays": "1", "rhythm": "daily", "time_zone": "Asia/Seoul"}

    answer = post(client, choices, **rest | {field: LARGE})

    assert list(answer.context["form"].errors) == [field]
    alice.refresh_from_db()
    assert alice.chosen_at is None


@pytest.mark.parametrize("path", ["/u/{}/", "/c/{}/", "/a/{}/", "/m/{}/", "/p/{}/"])
def test_an_address_as_long_as_servers_take_leads_nowhere(client, db, path):
    assert client.get(path.format("x" * 8_000)).status_code in (404, 410)


def test_ten_thousand_fields_are_too_many(client, daily_papers):
    answer = client.post("/subscribe/", {f"field{number}": "x" for number in range(10_000)})

    assert answer.status_code in (400, 413)
