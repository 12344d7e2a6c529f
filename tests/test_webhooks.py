"""The door that providers knock at: who is let in, what is kept, and that it is read once."""

import json
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.test.client import encode_multipart
from django.utils import timezone

from newsletter.message.message_id import delivery_name
from newsletter.models import Callback, Delivery, DeliveryEvent, Edition, Suppression
from newsletter.track import sns
from newsletter.track.callbacks import VIEWS, read_waiting, waiting
from tests import callbacks
from tests.callbacks import KEYS, SECRET, Mail
from tests.factories import make_delivery, make_leaving_edition, make_slice
from tests.sns import signed

Kind = DeliveryEvent.Kind
PROVIDERS = sorted(VIEWS)
MULTIPART = "multipart/form-data; boundary=BOUNDARY"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.WEBHOOK_SECRET = [SECRET]
    settings.WEBHOOK_KEYS = {"mailgun": KEYS["mailgun"]}


@pytest.fixture(autouse=True)
def amazon(monkeypatch):
    """Amazon, which has certificates."""
    sns.certificate.cache_clear()
    monkeypatch.setattr(httpx, "get", signed.get)


@pytest.fixture
def mail(alice):
    """Alice's delivery, taken; as providers speak of it."""
    edition = make_leaving_edition()
    delivery = make_delivery(
        edition, alice, part=make_slice(edition), state=Delivery.State.ACCEPTED
    )
    return Mail(delivery_name(delivery.pk), "alice@example.org")


def call(provider, kind, mail):
    body, headers = callbacks.call(provider, kind, mail)
    return (signed.body(body) if provider == "ses" else body), headers


def post(provider, body, headers, **more):
    client = Client(enforce_csrf_checks=True)
    content_type = headers.get("Content-Type", "application/json")
    return client.post(
        f"/events/{provider}/", body, content_type=content_type, headers=headers | more
    )


def suppressed():
    return list(Suppression.objects.values_list("reason", flat=True))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_complaint_told_by_any_provider_ends_all_mail_to_the_address(provider, mail):
    answer = post(provider, *call(provider, "complained", mail))

    assert (answer.status_code, answer.content, read_waiting()) == (200, b"", 1)
    assert suppressed() == ["complained"]
    assert not Callback.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_call_twice_is_answered_alike_and_counts_once(provider, mail):
    body, headers = call(provider, "hard", mail)
    headers |= {"Svix-Id": "msg_1"}

    answers = [post(provider, body, headers).status_code for _ in range(2)]

    assert (answers, read_waiting()) == ([200, 200], 1)
    assert DeliveryEvent.objects.count() == 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("authorization", "status"), [(None, 401), ("Basic bWFsbG9yeTpndWVzcw==", 403)]
)
def test_without_the_secret_nothing_is_kept(provider, authorization, status, mail):
    body, headers = call(provider, "complained", mail)
    headers["Authorization"] = authorization
    headers = {name: value for name, value in headers.items() if value}

    answer = post(provider, body, headers)

    assert (answer.status_code, Callback.objects.count()) == (status, 0)
    assert ("WWW-Authenticate" in answer) == (status == 401)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_door_without_a_lock_stays_closed(provider, settings, mail):
    settings.WEBHOOK_SECRET, settings.WEBHOOK_KEYS = [], {}

    answer = post(provider, *call(provider, "complained", mail))

    assert (answer.status_code, Callback.objects.count()) == (403, 0)


def test_mailgun_s_door_stays_closed_without_the_secret_since_it_signs_no_body(settings, mail):
    settings.WEBHOOK_SECRET = []

    assert post("mailgun", *call("mailgun", "complained", mail)).status_code == 403


def test_an_old_secret_is_good_while_it_is_kept_beside_the_new_one(settings, mail):
    settings.WEBHOOK_SECRET = ["new:secret", SECRET]

    assert post("brevo", *call("brevo", "complained", mail)).status_code == 200


def test_a_mailgun_token_that_was_used_cannot_bring_other_words(mail):
    body, headers = call("mailgun", "delivered", mail)
    post("mailgun", body, headers)
    read_waiting()
    forged = json.loads(body)
    forged["event-data"]["event"] = "complained"

    answer = post("mailgun", json.dumps(forged), headers)

    assert (answer.status_code, read_waiting(), suppressed()) == (200, 0, [])


def test_a_mailgun_signature_that_is_wrong_is_refused(mail):
    body, headers = call("mailgun", "complained", mail)
    forged = json.loads(body)
    forged["signature"]["token"] = "another"

    assert post("mailgun", json.dumps(forged), headers).status_code == 403


def test_a_mailgun_signature_from_long_ago_brings_nothing(mail):
    mail.moment = timezone.now() - timedelta(days=18)

    post("mailgun", *call("mailgun", "complained", mail))

    assert (read_waiting(), suppressed()) == (0, [])
    assert "older" in Callback.objects.get().problem


@pytest.mark.parametrize(
    ("changed", "status"), [({}, 200), ({"Mailtrap-Signature": "0" * 64}, 403)]
)
def test_mailtrap_s_signature_is_enough_and_has_to_be_right(settings, mail, changed, status):
    settings.WEBHOOK_SECRET, settings.WEBHOOK_KEYS = [], {"mailtrap": KEYS["mailtrap"]}
    body, _ = call("mailtrap", "complained", mail)
    headers = {"Authorization": "", **callbacks.mailtrap_signature(body), **changed}

    assert post("mailtrap", body, headers).status_code == status


@pytest.mark.parametrize(
    ("made", "changed", "status"),
    [
        ({}, {}, 200),
        ({"minutes_ago": 4}, {}, 200),
        ({"minutes_ago": 6}, {}, 403),
        ({"minutes_ago": -6}, {}, 403),
        ({"key": "whsec_YW5vdGhlcg=="}, {}, 403),
        ({}, {"Svix-Id": "msg_2"}, 403),
        ({}, {"Svix-Timestamp": "soon"}, 403),
        ({}, {"Svix-Signature": "v1,"}, 403),
        ({}, {"Svix-Signature": ""}, 403),
    ],
)
def test_resend_s_signature_is_enough_for_five_minutes(settings, mail, made, changed, status):
    made = dict(made)
    settings.WEBHOOK_SECRET, settings.WEBHOOK_KEYS = [], {"resend": KEYS["resend"]}
    body, _ = call("resend", "complained", mail)
    at = timezone.now() - timedelta(minutes=made.pop("minutes_ago", 0))
    signed_then = callbacks.resend_signature(body, at=at, **made)
    headers = {"Authorization": "x", **signed_then, **changed}

    assert post("resend", body, headers).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[null]",
        b"1e999",
        b'{"event": "complained", "event-data": 7, "signature": "x"}',
        b'{"RecordType": ["Bounce"], "Email": {"a": 1}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"msys": {"message_event": {"type": "bounce"}}}',
    ],
)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_whatever_is_posted_breaks_nothing_and_stops_no_other(provider, body, mail):
    _, headers = callbacks.call(provider, "complained", mail)

    answer = post(provider, body, headers)
    post("sparkpost", *call("sparkpost", "complained", mail))

    assert answer.status_code in (200, 400, 403)
    assert read_waiting() >= 1
    assert suppressed() == ["complained"]
    assert not Callback.objects.filter(problem="").exists()


def test_what_cannot_be_read_is_kept_without_its_words(mail, caplog):
    post("postmark", b'{"RecordType": ["alice@example.org"]}', callbacks.headers_of("postmark", {}))

    read_waiting()

    assert Callback.objects.get().problem == "cannot be read: TypeError"
    assert "alice" not in caplog.text


def test_an_octet_that_no_column_takes_is_left_out(mail):
    body, headers = call("sparkpost", "hard", mail)
    told = json.loads(body)
    told[0]["msys"]["message_event"] |= {"event_id": "a\0b", "raw_reason": "5.1.1 \0"}

    post("sparkpost", json.dumps(told), headers)

    assert (read_waiting(), suppressed()) == (1, ["bounced"])


def test_many_events_in_one_call_are_each_one(mail):
    body, headers = call("sendgrid", "delivered", mail)
    [event] = json.loads(body)
    events = [event | {"sg_event_id": f"id{number}"} for number in range(1_000)]

    post("sendgrid", json.dumps(events), headers)

    assert read_waiting() == 1_000


def test_a_body_that_is_too_long_is_refused_unread(mail):
    answer = post("sparkpost", b" " * 1_000_001, callbacks.headers_of("sparkpost", {}))

    assert (answer.status_code, Callback.objects.count()) == (413, 0)


def test_a_provider_that_asks_whether_anybody_is_here_is_told_so(db):
    assert Client().head("/events/mailjet/").status_code == 200


@pytest.mark.parametrize(("method", "path", "status"), [("get", "ses", 405), ("post", "x", 404)])
def test_nobody_else_has_a_door_here(db, method, path, status):
    assert getattr(Client(), method)(f"/events/{path}/").status_code == status


@pytest.mark.parametrize("header", ["X-Amz-Sns-Message-Type", "X-Amz-Sns-Message-Id"])
def test_a_message_of_amazon_s_is_what_its_head_says(mail, header):
    body, headers = call("ses", "complained", mail)
    headers[header] = "another"

    assert post("ses", body, headers).status_code in (400, 403)


def test_what_amazon_did_not_sign_is_set_aside(mail):
    body, headers = callbacks.call("ses", "complained", mail)

    post("ses", signed.body(body, key=signed.ANOTHER_KEY), headers)

    assert (read_waiting(), suppressed()) == (0, [])
    assert Callback.objects.get().problem == "the signature is not Amazon's"


def test_a_call_of_a_provider_whose_door_was_closed_waits_and_stops_no_other(settings, mail):
    post("mailgun", *call("mailgun", "complained", mail))
    post("brevo", *call("brevo", "delivered", mail))
    settings.WEBHOOK_KEYS = {}

    first = read_waiting()
    Callback.objects.update(received_at=timezone.now() - timedelta(days=3))
    read_waiting()

    assert (first, suppressed()) == (1, [])
    assert Callback.objects.get().problem.startswith("waited too long")


def test_an_address_where_amazon_has_nothing_is_set_aside(mail, monkeypatch):
    def nothing(url, timeout):
        return httpx.Response(404, request=httpx.Request("GET", url))

    post("ses", *call("ses", "complained", mail))
    monkeypatch.setattr(httpx, "get", nothing)

    assert read_waiting() == 0
    assert Callback.objects.get().problem == "an address that Amazon answers 404"


def test_a_call_waits_while_amazon_s_certificate_cannot_be_had(mail, monkeypatch):
    def refuse(url, timeout):
        raise httpx.ConnectTimeout("no answer")

    body, headers = call("ses", "complained", mail)
    post("ses", body, headers)
    with monkeypatch.context() as for_now:
        for_now.setattr(httpx, "get", refuse)
        while_away = read_waiting()

    assert (while_away, read_waiting(), suppressed()) == (0, 1, ["complained"])


def test_nothing_is_locked_while_amazon_is_asked(transactional_db, mail, monkeypatch):
    asked = []

    def ask(url, timeout):
        asked.append(connection.in_atomic_block)
        return signed.get(url, timeout)

    post("ses", *call("ses", "complained", mail))
    monkeypatch.setattr(httpx, "get", ask)

    assert (read_waiting(), asked) == (1, [False])


def test_a_form_in_parts_is_kept_as_it_came(mail):
    named = {"recipient": mail.address, "Message-Id": f"<{mail.name}@localhost>"}
    fields = callbacks.mailgun_signature(mail) | {"event": "complained"} | named
    headers = {"Content-Type": MULTIPART, "Authorization": callbacks.BASIC}

    answer = post("mailgun", encode_multipart("BOUNDARY", fields), headers)

    assert (answer.status_code, read_waiting(), suppressed()) == (200, 1, ["complained"])


def test_calls_are_read_together_up_to_a_megabyte(mail):
    long = json.dumps([{"msys": {}, "padding": "x" * 600_000}])
    body, headers = call("sparkpost", "complained", mail)
    for each in (body, body, long, long, body):
        post("sparkpost", each, headers)
    keys = list(Callback.objects.order_by("pk").values_list("pk", flat=True))

    batches = [waiting(after) for after in (0, keys[2], keys[4])]

    assert batches == [keys[:3], keys[3:], []]


def test_what_becomes_of_an_edition_is_looked_at_when_the_turn_is_over(mail):
    edition = Edition.objects.get()
    part = make_slice(edition, accepted_count=9)
    for _ in range(9):
        each = make_delivery(edition, part=part, state=Delivery.State.ACCEPTED)
        name = delivery_name(each.pk)
        post("brevo", *call("brevo", "complained", Mail(name, each.subscriber.email)))

    read_waiting()

    edition.refresh_from_db()
    assert edition.hold_reason.startswith("9 of 9 mails were called spam")
