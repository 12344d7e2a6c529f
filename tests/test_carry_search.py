"""What the providers' own searches are asked, and what is made of their answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from werkzeug import Response

from newsletter.carry import searches
from newsletter.carry.search import search_for
from newsletter.deliver.doubt import settle_doubts
from newsletter.message.message_id import delivery_name
from newsletter.models import Channel, Delivery, Edition
from tests.factories import make_channel, make_delivery, make_leaving_edition, make_slice

State = Delivery.State
CLAIMED_AT = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)


@pytest.fixture
def edition(db):
    return make_leaving_edition(state=Edition.State.SETTLING)


@pytest.fixture
def lead_to(settings, httpserver):
    """Have the default channel lead to a stand-in."""

    def lead(url: str) -> Channel:
        url += f"{'&' if '?' in url else '?'}api_url={httpserver.url_for('/')}"
        settings.CHANNELS = {Channel.DEFAULT_NAME: url}
        return Channel.objects.get_or_create(name=Channel.DEFAULT_NAME)[0]

    return lead


def name_of(delivery):
    return delivery_name(delivery.pk)


def postmark_message(name):
    """As Postmark's documentation shows one."""
    return {
        "Tag": "",
        "MessageID": "0ac29aee-e1cd-480d-b08d-4f48548ff48d",
        "To": [{"Email": "alice@example.org", "Name": None}],
        "Recipients": ["alice@example.org"],
        "ReceivedAt": "2026-07-01T07:00:02.4134541-04:00",
        "Status": "Sent",
        "MessageStream": "outbound",
        "Metadata": {"delivery": name} if name else {},
    }


def mailgun_event(name):
    """As Mailgun's documentation shows one; without variables it has an empty list."""
    return {
        "event": "accepted",
        "id": "CCXMjJ7nQi2N3BPigGOdgQ",
        "timestamp": 1782889202.4,
        "recipient": "alice@example.org",
        "message": {"headers": {"message-id": "20260701.1@mg.example.org"}, "size": 341},
        "user-variables": {"delivery": name} if name else [],
    }


def doubted(edition, channel, reader=None, minutes=3, **fields):
    since = timezone.now() - timedelta(minutes=minutes)
    part = make_slice(edition, channel=channel, claimed_at=CLAIMED_AT)
    fields = {"state": State.IN_DOUBT, "in_doubt_at": since} | fields
    return make_delivery(edition, reader, part=part, **fields)


def end_of(row):
    row.refresh_from_db()
    return row.state, row.resolved_by


def test_postmark_is_asked_by_the_deliverys_name_in_the_stream_it_left_by(
    edition, lead_to, httpserver, alice
):
    row = doubted(edition, lead_to("postmark://KEY?message_stream=letters"), alice)
    messages = [postmark_message(name_of(row))]
    httpserver.expect_request("/messages/outbound").respond_with_json(
        {"TotalCount": 1, "Messages": messages}
    )

    assert settle_doubts(edition) == 0
    [(request, _)] = httpserver.log
    assert request.args.to_dict() == {
        "count": "5",
        "offset": "0",
        "metadata_delivery": name_of(row),
        "messagestream": "letters",
    }
    assert request.headers["X-Postmark-Server-Token"] == "KEY"
    assert end_of(row) == (State.ACCEPTED, "search Postmark")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("mailgun://KEY?sender_domain=mg.example.org", "mg.example.org"),
        ("mailgun://KEY", "paperboy.example"),
    ],
)
def test_mailgun_is_asked_for_what_it_accepted_for_the_reader_since_the_claim(
    edition, lead_to, httpserver, alice, url, place
):
    edition.newsletter.from_address = "letters@paperboy.example"
    row = doubted(edition, lead_to(url), alice)
    events = [mailgun_event(None), mailgun_event(name_of(row))]
    httpserver.expect_request(f"/{place}/events").respond_with_json({"items": events})

    assert settle_doubts(edition) == 0
    [(request, _)] = httpserver.log
    assert request.args.to_dict() == {
        "event": "accepted",
        "recipient": "alice@example.org",
        "begin": str(int(CLAIMED_AT.timestamp())),
        "ascending": "yes",
        "limit": "300",
    }
    assert (request.authorization.username, request.authorization.password) == ("api", "KEY")
    assert end_of(row) == (State.ACCEPTED, "search Mailgun")


@pytest.mark.parametrize(
    "answer",
    [
        {"TotalCount": 0, "Messages": []},
        {"TotalCount": 1, "Messages": [postmark_message("1.0000000000000000")]},
        {"TotalCount": 1, "Messages": [postmark_message(None)]},
        {"ErrorCode": 10, "Message": "Bad token"},
        {"Messages": None},
        {"Messages": ["?"]},
        [],
    ],
)
def test_an_answer_without_the_delivery_proves_nothing(edition, lead_to, httpserver, answer):
    row = doubted(edition, lead_to("postmark://KEY"))
    httpserver.expect_request("/messages/outbound").respond_with_json(answer)

    assert settle_doubts(edition) == 1
    assert end_of(row) == (State.IN_DOUBT, "")


@pytest.mark.parametrize(
    "answer", [Response("busy", status=429), Response("oops", status=500), Response("<html>")]
)
def test_a_search_that_fails_proves_nothing(edition, lead_to, httpserver, answer):
    row = doubted(edition, lead_to("postmark://KEY"))
    httpserver.expect_request("/messages/outbound").respond_with_response(answer)

    assert settle_doubts(edition) == 1
    assert end_of(row)[0] == State.IN_DOUBT


def test_a_provider_that_cannot_be_reached_proves_nothing(edition, settings):
    settings.CHANNELS = {"default": "postmark://KEY?api_url=http://127.0.0.1:9/"}
    row = doubted(edition, make_channel())

    assert settle_doubts(edition) == 1
    assert end_of(row)[0] == State.IN_DOUBT


@pytest.mark.parametrize(
    ("minutes", "asked", "state"),
    [(1, 0, State.IN_DOUBT), (3, 1, State.IN_DOUBT), (11, 0, State.ASSUMED_SENT)],
)
def test_a_provider_is_asked_from_two_minutes_on_and_for_ten(
    edition, lead_to, httpserver, minutes, asked, state
):
    row = doubted(edition, lead_to("postmark://KEY"), minutes=minutes)
    httpserver.expect_request("/messages/outbound").respond_with_json({"Messages": []})

    settle_doubts(edition)

    assert len(httpserver.log) == asked
    assert end_of(row)[0] == state


def test_a_search_ends_after_its_time_and_keeps_what_it_found(
    edition, lead_to, httpserver, monkeypatch
):
    monkeypatch.setattr(searches, "SECONDS", 0.0)
    row = doubted(edition, lead_to("postmark://KEY"))

    assert settle_doubts(edition) == 1
    assert (len(httpserver.log), end_of(row)[0]) == (0, State.IN_DOUBT)


@pytest.mark.parametrize("url", ["smtp://localhost", "resend://KEY", "maildir:///tmp/mail"])
def test_whoever_has_no_search_is_not_asked(edition, settings, url):
    settings.CHANNELS = {"default": url}

    assert search_for(make_channel(), edition.newsletter) is None


def test_a_channel_that_is_configured_no_longer_is_not_asked(edition, settings):
    settings.CHANNELS = {}
    row = doubted(edition, make_channel())

    assert settle_doubts(edition) == 0
    assert end_of(row)[0] == State.ASSUMED_SENT
