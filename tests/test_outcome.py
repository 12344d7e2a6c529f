"""What a relay's reply, or the loss of one, says of the message in hand."""

from smtplib import (
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest

from newsletter.outcome import Outcome
from newsletter.outcome.send import result_of

READER = "reader@example.org"


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (SMTPRecipientsRefused({READER: (550, b"5.1.1 who?")}), Outcome.REJECTED, "550 5.1.1"),
        (SMTPRecipientsRefused({READER: (550, b"who is that?")}), Outcome.REJECTED, "550"),
        (SMTPRecipientsRefused({READER: (451, b"4.7.1 later")}), Outcome.NOT_SENT, "451 4.7.1"),
        (SMTPRecipientsRefused({READER: (552, b"5.2.2 full")}), Outcome.NOT_SENT, "552 5.2.2"),
        (SMTPRecipientsRefused({READER: (550, b"5.1.8 you?")}), Outcome.NOT_SENT, "550 5.1.8"),
        (SMTPDataError(421, b"going down"), Outcome.NOT_SENT, "421"),
        (SMTPDataError(550, b"5.7.26 no DKIM"), Outcome.NOT_SENT, "550 5.7.26"),
        (SMTPSenderRefused(530, b"log in", "us"), Outcome.NOT_SENT, "530 sender refused"),
        (SMTPSenderRefused(451, b"4.3.2 wait", "us"), Outcome.NOT_SENT, "451 sender refused"),
        (SMTPNotSupportedError(), Outcome.REJECTED, "the relay cannot carry this address"),
        (SMTPServerDisconnected("gone"), Outcome.IN_DOUBT, "SMTPServerDisconnected"),
        (TimeoutError(), Outcome.IN_DOUBT, "TimeoutError"),
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
        (SMTPRecipientsRefused({READER: (553, b"5.1.7 your address")}), True),
        (SMTPRecipientsRefused({READER: (550, b"5.1.1 who?")}), False),
        (SMTPRecipientsRefused({READER: (451, b"4.7.1 later")}), False),
        (SMTPServerDisconnected("gone"), True),
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


def test_no_code_repeats_the_address_that_a_reply_names():
    error = SMTPRecipientsRefused({READER: (550, f"<{READER}> is unknown".encode())})

    assert READER not in result_of(error).code
