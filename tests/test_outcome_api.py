"""What a provider's API says of the message it was given."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailUnsupportedFeature,
)
from anymail.signals import post_send
from django.core.mail import EmailMessage, get_connection

from newsletter.outcome import Outcome, Result, send
from newsletter.outcome.api import result_of, retry_after

READER = "reader@example.org"


def answered(status: int, said: str = "{}", **headers: str) -> AnymailAPIError:
    response = requests.Response()
    response.status_code, response.encoding, response._content = status, "utf-8", said.encode()
    response.headers["Content-Type"] = "application/json"
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return AnymailRequestsAPIError("as the provider words it", response=response)


def amazon(status: int, name: str, said: str = "") -> AnymailAPIError:
    """As botocore tells it."""
    response = {
        "Error": {"Code": name, "Message": said},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    return AnymailAPIError("as Amazon words it", response=response)


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (AnymailRecipientsRefused(), Outcome.REJECTED, "refused by the provider"),
        (AnymailUnsupportedFeature(), Outcome.NOT_SENT, "AnymailUnsupportedFeature"),
        (answered(400), Outcome.NOT_SENT, "HTTP 400"),
        (answered(401), Outcome.NOT_SENT, "HTTP 401"),
        (answered(404), Outcome.NOT_SENT, "HTTP 404"),
        (answered(409), Outcome.IN_DOUBT, "HTTP 409"),
        (answered(422), Outcome.NOT_SENT, "HTTP 422"),
        (answered(429), Outcome.NOT_SENT, "HTTP 429"),
        (answered(500), Outcome.IN_DOUBT, "HTTP 500"),
        (answered(503), Outcome.IN_DOUBT, "HTTP 503"),
        (answered(503, Retry_After="5"), Outcome.NOT_SENT, "HTTP 503"),
        (answered(504), Outcome.IN_DOUBT, "HTTP 504"),
        (
            amazon(429, "TooManyRequestsException"),
            Outcome.NOT_SENT,
            "HTTP 429 TooManyRequestsException",
        ),
        (
            amazon(400, "SendingPausedException"),
            Outcome.NOT_SENT,
            "HTTP 400 SendingPausedException",
        ),
        (amazon(400, "MessageRejected"), Outcome.NOT_SENT, "HTTP 400 MessageRejected"),
        (amazon(500, "InternalFailure"), Outcome.IN_DOUBT, "HTTP 500 InternalFailure"),
        (requests.ReadTimeout(), Outcome.IN_DOUBT, "ReadTimeout"),
        (requests.ConnectionError(), Outcome.IN_DOUBT, "ConnectionError"),
        (requests.exceptions.InvalidURL(), Outcome.NOT_SENT, "cannot be written: InvalidURL"),
    ],
)
def test_each_error_has_its_class(error, outcome, code):
    result = result_of(error)

    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(
    ("error", "is_suspect"),
    [
        (answered(401), True),
        (answered(422), True),
        (answered(422, "Invalid `to` field."), False),
        (answered(429), False),
        (answered(503), True),
        (amazon(400, "SendingPausedException"), True),
        (amazon(400, "ThrottlingException"), False),
    ],
)
def test_what_says_more_of_us_or_the_relay_than_of_the_reader_is_suspect(error, is_suspect):
    assert result_of(error).is_suspect is is_suspect


@pytest.mark.parametrize(
    ("error", "cools"),
    [
        (answered(429), True),
        (answered(503, Retry_After="5"), True),
        (answered(503), False),
        (answered(400), False),
        (amazon(400, "ThrottlingException"), True),
        (amazon(400, "LimitExceededException"), True),
    ],
)
def test_a_reply_that_asks_everyone_to_wait_cools_the_channel(error, cools):
    assert result_of(error).cools is cools


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, '{"errors": [{"field": "personalizations.0.to.0.email"}]}'),
        (400, '{"message": "\'to\' parameter is not a valid address. please check"}'),
        (400, '{"code": "invalid_parameter", "message": "email is not valid in to"}'),
        (422, '{"name": "validation_error", "message": "Invalid `to` field."}'),
        (400, '{"Messages": [{"Errors": [{"ErrorRelatedTo": ["To[0].Email"]}]}]}'),
        (422, '{"errors": ["\'to\' address is invalid"]}'),
        (422, '{"errors": [{"description": "recipients[0].address.email is required"}]}'),
    ],
)
def test_a_refusal_that_names_the_readers_address_is_final(status, said):
    assert result_of(answered(status, said)) == Result(Outcome.REJECTED, f"HTTP {status}")


def test_amazon_says_in_words_that_an_address_is_none():
    error = amazon(400, "BadRequestException", "Missing final '@domain'")

    assert result_of(error) == Result(Outcome.REJECTED, "HTTP 400 BadRequestException")


@pytest.mark.parametrize(
    ("asked", "seconds"), [("120", 120), ("", None), ("soon", None), ("-5", None), ("²", None)]
)
def test_the_wait_that_is_asked_for_is_a_number_of_seconds(asked, seconds):
    assert retry_after({"Retry-After": asked}) == seconds


def test_the_wait_that_is_asked_for_may_be_told_by_its_end():
    end = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)

    assert 290 < retry_after({"Retry-After": end}) <= 300


@pytest.fixture
def postmark(settings, httpserver):
    """Postmark's API, as its answers to POST /email are documented."""
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "of a test",
        "POSTMARK_API_URL": httpserver.url_for("/"),
    }
    return httpserver.expect_request("/email", method="POST")


@pytest.fixture
def mailjet(settings, httpserver):
    """Mailjet's, whose answers say of each message what became of it."""
    settings.EMAIL_BACKEND = "anymail.backends.mailjet.EmailBackend"
    settings.ANYMAIL = {
        "MAILJET_API_KEY": "of a test",
        "MAILJET_SECRET_KEY": "of a test",
        "MAILJET_API_URL": httpserver.url_for("/"),
    }
    return httpserver.expect_request("/send", method="POST")


def sent() -> Result:
    message = EmailMessage("Subject", "Body", "desk@example.org", [READER])
    return send(message, get_connection())


def test_a_message_that_a_provider_takes_keeps_the_providers_id(postmark):
    postmark.respond_with_json(
        {"To": READER, "MessageID": "abcd-1", "ErrorCode": 0, "Message": "OK"}
    )

    assert sent() == Result(Outcome.ACCEPTED, message_id="abcd-1")


def test_an_address_that_a_provider_will_not_mail_is_rejected(postmark):
    said = (
        "You tried to send to a recipient that has been marked as inactive.\n"
        f"Found inactive addresses: {READER}.\nInactive recipients are ones that have bounced."
    )
    postmark.respond_with_json({"ErrorCode": 406, "Message": said}, status=422)

    assert sent() == Result(Outcome.REJECTED, "refused by the provider")


def test_a_provider_that_breaks_after_the_request_leaves_the_message_in_doubt(postmark):
    postmark.respond_with_data("Internal Server Error", status=500)

    assert sent() == Result(Outcome.IN_DOUBT, "HTTP 500", is_suspect=True)


def test_an_accepted_message_stays_accepted_when_its_answer_cannot_be_read(postmark):
    postmark.respond_with_data('{"To":', content_type="application/json")

    assert sent().outcome is Outcome.ACCEPTED


def test_a_page_in_place_of_an_answer_is_no_yes(postmark):
    postmark.respond_with_data("<h1>Log in to the guests' network</h1>", content_type="text/html")

    assert sent() == Result(Outcome.IN_DOUBT, "HTTP 200", is_suspect=True)


def test_an_accepted_message_stays_accepted_when_a_receiver_of_the_signal_fails(postmark):
    postmark.respond_with_json({"To": READER, "MessageID": "a", "ErrorCode": 0, "Message": "OK"})

    def fail(**event):
        raise ValueError("of somebody else's making")

    post_send.connect(fail)
    try:
        assert sent().outcome is Outcome.ACCEPTED
    finally:
        post_send.disconnect(fail)


def test_a_small_mail_leaves_out_what_its_provider_would_refuse(mailjet, httpserver):
    taken = {"Status": "success", "To": [{"Email": READER, "MessageID": 1}]}
    mailjet.respond_with_json({"Messages": [taken]})
    headers = {"Message-ID": "<a@b>", "Date": "now", "List-Id": "<b>", "Auto-Submitted": "yes"}
    message = EmailMessage("Subject", "Body", "desk@example.org", [READER], headers=headers)

    result = send(message, get_connection())

    assert result == Result(Outcome.ACCEPTED, message_id="1")
    (request, _), *_ = httpserver.log
    assert request.json["Globals"]["Headers"] == {"Auto-Submitted": "yes"}


def test_a_mail_that_its_answer_calls_failed_is_not_sent(mailjet):
    error = {"ErrorCode": "send-0008", "StatusCode": 403, "ErrorMessage": "no such sender"}
    refused = {"Messages": [{"Status": "error", "Errors": [error]}]}
    mailjet.respond_with_json(refused, status=403)

    assert sent() == Result(Outcome.NOT_SENT, "HTTP 403", is_suspect=True)
