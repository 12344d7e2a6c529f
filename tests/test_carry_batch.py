"""A batch call as each provider gets it, and the mails that it makes of it."""

import json
from email.header import decode_header, make_header

import pytest

from newsletter.carry.shape import SHAPES
from newsletter.links import unsubscribe_url
from newsletter.message import delivery_of_message_id
from newsletter.outcome import Outcome, Result
from tests.carrying import (
    MIXED,
    ON_THE_WIRE,
    READERS,
    TAGS,
    Carried,
    carrier_to,
    readers,
    rendition,
)
from tests.http_provider import HttpProvider

KEEPS_MESSAGE_ID = {"postmark", "sendgrid"}
each_provider = pytest.mark.parametrize("personality", sorted(SHAPES))


@pytest.fixture
def provider(personality):
    with HttpProvider(personality) as provider:
        yield provider


@each_provider
def test_each_reader_gets_a_mail_of_their_own(settings, provider, personality):
    carried = Carried(carrier_to(settings, provider.email_url()), READERS)

    assert {result.outcome for result in carried.results.values()} == {Outcome.ACCEPTED}
    assert carried.started == READERS
    assert len(provider.requests) == 1
    copies = {delivery_of_message_id(copy.metadata["delivery"]): copy for copy in provider.copies}
    assert {number: copy.address for number, copy in copies.items()} == ON_THE_WIRE
    for reader in READERS:
        copy, link = copies[reader.delivery_id], unsubscribe_url(reader.subscription_id)
        assert copy.header("List-Unsubscribe") == f"<{link}>"
        assert copy.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
        assert copy.text == f"소포를 찾는 지도 {TAGS}\n{copy.address}\n{link}\n"
        assert (
            copy.html
            == f'<p>소포를 찾는 지도 {TAGS}</p><p>{copy.address}</p><a href="{link}">x</a>'
        )
        assert copy.merged(copy.subject) == f"논문 “12편” {TAGS}"
        assert "아침 논문, 페이퍼보이" in str(make_header(decode_header(copy.sender)))


@each_provider
def test_a_mail_has_the_header_fields_that_its_provider_takes(settings, provider, personality):
    Carried(carrier_to(settings, provider.email_url()), [MIXED])

    (copy,) = provider.copies
    named = delivery_of_message_id(copy.header("Message-ID"))
    assert named == (MIXED.delivery_id if personality in KEEPS_MESSAGE_ID else None)
    assert copy.header("List-Id") == (
        "" if personality == "mailjet" else "<morning.paperboy.example>"
    )
    assert copy.header("Precedence") == "bulk"
    assert copy.header("Feedback-ID") == "2024-07-03:morning:edition:paperboy"
    assert copy.header("Date") == ""


@each_provider
def test_carrying_a_slice_again_makes_the_same_request(settings, provider, personality):
    for order in (READERS, READERS[::-1]):
        Carried(carrier_to(settings, provider.email_url()), order)

    first, second = provider.requests
    assert first.body == second.body
    named = "Idempotency-Key"
    assert first.headers.get(named) == second.headers.get(named)


@pytest.mark.parametrize("personality", ["brevo", "mailjet", "resend"])
def test_a_slice_that_is_carried_again_under_its_key_is_mailed_once(
    settings, provider, personality
):
    carrier = carrier_to(settings, provider.email_url())
    first, again = Carried(carrier, READERS), Carried(carrier, READERS)

    accepted = dict.fromkeys(READERS, Outcome.ACCEPTED)
    assert {reader: result.outcome for reader, result in first.results.items()} == accepted
    assert {reader: result.outcome for reader, result in again.results.items()} == accepted
    assert len(provider.copies) == len(READERS)


@pytest.mark.parametrize("personality", ["brevo", "resend"])
def test_another_slice_has_another_key(settings, provider, personality):
    carrier = carrier_to(settings, provider.email_url())

    Carried(carrier, READERS, fence=7)
    Carried(carrier, READERS, fence=8)

    assert len(provider.copies) == 2 * len(READERS)


@pytest.mark.parametrize("personality", ["resend"])
def test_a_part_of_a_slice_under_its_key_is_mailed_to_nobody_and_settles_nothing(
    settings, provider, personality
):
    carrier = carrier_to(settings, provider.email_url())
    Carried(carrier, READERS)

    part = Carried(carrier, READERS[:1])

    assert part.results == {READERS[0]: Result(Outcome.IN_DOUBT, "HTTP 409", is_suspect=True)}
    assert len(provider.copies) == len(READERS)


@pytest.mark.parametrize(
    ("personality", "most"),
    [
        ("brevo", 1000),
        ("mailgun", 1000),
        ("mailjet", 50),
        ("postmark", 100),
        ("resend", 100),
        ("sendgrid", 1000),
        ("sparkpost", 1000),
    ],
)
def test_a_call_is_as_large_as_its_provider_and_its_channel_let_it_be(settings, personality, most):
    urls = {"mailjet": "mailjet://KEY:SECRET"}
    url = urls.get(personality, f"{personality}://KEY")

    assert carrier_to(settings, url).most_at_once == most
    assert carrier_to(settings, url, batch_size=20).most_at_once == 20
    assert carrier_to(settings, url, batch_size=5000).most_at_once == most


@pytest.mark.parametrize("personality", ["sendgrid"])
def test_no_more_readers_are_taken_than_a_call_holds(settings, provider, personality):
    many = iter(readers(10))

    carried = Carried(carrier_to(settings, provider.email_url(), batch_size=4), many)

    assert len(carried.results) == len(provider.copies) == 4
    assert len(list(many)) == 6


@pytest.mark.parametrize("personality", ["resend"])
def test_readers_of_two_languages_are_two_calls(settings, provider, personality):
    both = {1: rendition(), 2: rendition(2, "a map for parcels")}
    english = readers(2, first=50, rendition_id=2)

    carried = Carried(
        carrier_to(settings, provider.email_url(), renditions=both), [*english, *READERS]
    )

    assert [len(json.loads(wire.body)) for wire in provider.requests] == [3, 2]
    assert ["a map" in copy.text for copy in provider.copies] == [False] * 3 + [True] * 2
    assert len({wire.headers["Idempotency-Key"] for wire in provider.requests}) == 2
    assert len(carried.results) == 5
