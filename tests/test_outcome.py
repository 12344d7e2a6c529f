"""What an error of a mail backend says of the message it had in hand."""

from smtplib import (
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from anymail.exceptions import (
    AnymailAPIError,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from django.core.mail import EmailMessage, get_connection

from newsletter.outcome import Outcome, Result, result_of, send

READER = "reader@example.org"


def answered(status: int | None) -> AnymailAPIError:
    error = AnymailAPIError("as the provider words it")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (SMTPRecipientsRefused({READER: (550, b"5.1.1 who?")}), Outcome.REJECTED, "550 5.1.1"),
        (SMTPRecipientsRefused({READER: (550, b"who is that?")}), Outcome.REJECTED, "550"),
        (SMTPRecipientsRefused({READER: (451, b"4.7.1 later")}), Outcome.NOT_SENT, "451 4.7.1"),
        (SMTPRecipientsRefused({READER: (552, b"5.2.2 full")}), Outcome.NOT_SENT, "552 5.2.2"),
        (SMTPDataError(421, b"going down"), Outcome.NOT_SENT, "421"),
        (SMTPDataError(550, b"5.7.26 no DKIM"), Outcome.NOT_SENT, "550 5.7.26"),
        (SMTPSenderRefused(530, b"log in", "us"), Outcome.NOT_SENT, "530 sender refused"),
        (SMTPSenderRefused(451, b"4.3.2 wait", "us"), Outcome.NOT_SENT, "451 sender refused"),
        (SMTPNotSupportedError(), Outcome.REJECTED, "the relay cannot carry this address"),
        (SMTPServerDisconnected("gone"), Outcome.IN_DOUBT, "SMTPServerDisconnected"),
        (TimeoutError(), Outcome.IN_DOUBT, "TimeoutError"),
        (AnymailRecipientsRefused(), Outcome.REJECTED, "refused by the provider"),
        (AnymailUnsupportedFeature(), Outcome.NOT_SENT, "AnymailUnsupportedFeature"),
        (answered(422), Outcome.NOT_SENT, "HTTP 422"),
        (answered(429), Outcome.NOT_SENT, "HTTP 429"),
        (answered(500), Outcome.IN_DOUBT, "HTTP 500"),
        (answered(504), Outcome.IN_DOUBT, "HTTP 504"),
        (answered(None), Outcome.IN_DOUBT, "no answer"),
    ],
)
def test_each_error_has_its_class(error, outcome, code):
    result = result_of(error)

    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(
    ("error", "is_suspect"),
    [
        (SMTPDataError(550, b"5.7.26 no DKIM"), True),
        (SMTPSenderRefused(530, b"log in", "us"), True),
        (SMTPSenderRefused(451, b"4.3.2 wait", "us"), False),
        (SMTPRecipientsRefused({READER: (550, b"relaying denied")}), True),
        (SMTPRecipientsRefused({READER: (550, b"5.1.1 who?")}), False),
        (SMTPRecipientsRefused({READER: (451, b"4.7.1 later")}), False),
        (SMTPServerDisconnected("gone"), True),
        (answered(401), True),
        (answered(422), False),
        (answered(503), True),
    ],
)
def test_what_says_more_of_us_or_the_relay_than_of_the_reader_is_suspect(error, is_suspect):
    assert result_of(error).is_suspect is is_suspect


@pytest.mark.parametrize(
    ("error", "cools"),
    [
        (SMTPDataError(421, b"4.3.2 going down"), True),
        (SMTPDataError(451, b"4.7.28 too many from you"), True),
        (SMTPDataError(451, b"4.3.0 try again"), False),
        (SMTPDataError(550, b"5.7.26 no DKIM"), False),
    ],
)
def test_a_reply_that_asks_everyone_to_wait_cools_the_channel(error, cools):
    assert result_of(error).cools is cools


@pytest.fixture
def postmark(settings, httpserver):
    """Postmark's API, as its answers to POST /email are documented."""
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "of a test",
        "POSTMARK_API_URL": httpserver.url_for("/"),
    }
    return httpserver.expect_request("/email", method="POST")


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


def test_no_code_repeats_the_address_that_a_reply_names():
    error = SMTPRecipientsRefused({READER: (550, f"<{READER}> is unknown".encode())})

    assert READER not in result_of(error).code
