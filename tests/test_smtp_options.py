"""How a relay is named."""

import pytest

from newsletter.providers import BadEmailUrl
from newsletter.smtp.options import RelayOptions, Tls


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://relay.example", RelayOptions("relay.example", connections=8)),
        ("smtp://relay.example:2525", RelayOptions("relay.example", 2525, connections=8)),
        (
            "smtps://relay.example",
            RelayOptions("relay.example", 465, tls=Tls.IMPLICIT, connections=8),
        ),
        (
            "smtp+tls://me%40here:p%2Fw@relay.example?cafile=/etc/our%20own.pem",
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
    assert RelayOptions.from_url(url, connections=8) == options


@pytest.mark.parametrize(
    "url",
    [
        "postmark://KEY",
        "smtp://",
        "smtp://relay.example:port",
    ],
)
def test_a_url_that_names_none_is_refused(url):
    with pytest.raises(BadEmailUrl):
        RelayOptions.from_url(url, connections=8)


def test_a_password_is_not_printed():
    options = RelayOptions.from_url("smtp://me:secret@relay.example", connections=1)

    assert "secret" not in repr(options)
