"""How a relay is named."""

import pytest

from newsletter.providers import BadEmailUrl
from newsletter.smtp.options import RelayOptions, Tls


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://relay.example", RelayOptions("relay.example")),
        ("smtp://relay.example:2525", RelayOptions("relay.example", 2525)),
        ("smtps://relay.example", RelayOptions("relay.example", 465, tls=Tls.IMPLICIT)),
        (
            "smtp+tls://me%40here:p%2Fw@relay.example?connections=8&cafile=/etc/our%20own.pem",
            RelayOptions(
                "relay.example",
                587,
                user="me@here",
                password="p/w",
                tls=Tls.STARTTLS,
                cafile="/etc/our own.pem",
                connections=8,
            ),
        ),
    ],
)
def test_a_url_names_a_relay(url, options):
    assert RelayOptions.from_url(url) == options


@pytest.mark.parametrize(
    "url",
    [
        "postmark://KEY",
        "smtp://",
        "smtp://relay.example:port",
        "smtp://relay.example?connections=0",
        "smtp://relay.example?connections=many",
        "smtp://relay.example?connections=101",
    ],
)
def test_a_url_that_names_none_is_refused(url):
    with pytest.raises(BadEmailUrl):
        RelayOptions.from_url(url)


def test_a_password_is_not_printed():
    options = RelayOptions.from_url("smtp://me:secret@relay.example")

    assert "secret" not in repr(options)
