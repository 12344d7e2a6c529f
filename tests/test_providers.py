import pytest

from newsletter.providers import BadEmailUrl, mail_settings


def test_a_relay_is_told_by_host_port_and_login():
    assert mail_settings("smtp+tls://me%40here:p%2Fw@relay.example") == {
        "EMAIL_BACKEND": "newsletter.smtp.EmailBackend",
        "EMAIL_HOST": "relay.example",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "me@here",
        "EMAIL_HOST_PASSWORD": "p/w",
        "EMAIL_USE_TLS": True,
        "EMAIL_USE_SSL": False,
        "EMAIL_TIMEOUT": 60,
    }


def test_a_provider_is_told_by_its_key_and_options():
    assert mail_settings("mailgun://KEY?sender_domain=example.org") == {
        "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
        "ANYMAIL": {
            "MAILGUN_API_KEY": "KEY",
            "MAILGUN_SENDER_DOMAIN": "example.org",
            "REQUESTS_TIMEOUT": (5, 60),
        },
    }


def test_a_folder_keeps_what_would_leave():
    assert mail_settings("maildir:///var/my%20mail") == {
        "EMAIL_BACKEND": "newsletter.mailbox.EmailBackend",
        "MAILDIR": "/var/my mail",
    }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("relay.example", "use one of: maildir, smtp, smtp+tls, smtps, brevo"),
        ("pigeon://loft", "EMAIL_URL starts with 'pigeon'; use one of"),
        ("smtp://", "EMAIL_URL names no host; write smtp://host:port"),
        ("smtp://me:s3/cret@relay.example", "EMAIL_URL cannot be read; write smtp://"),
        ("smtp://me:s3[cret@relay.example", "EMAIL_URL cannot be read; write smtp://"),
        ("smtp://relay.example:99999", "EMAIL_URL cannot be read; write smtp://"),
        ("postmark://", "EMAIL_URL names no key; write postmark://KEY"),
        ("maildir://", "EMAIL_URL names no folder; write maildir:///folder"),
        ("maildir://var/mail", "EMAIL_URL names no folder; write maildir:///folder"),
    ],
)
def test_what_names_no_way_out_is_refused_with_what_to_write(url, said):
    with pytest.raises(BadEmailUrl) as refused:
        mail_settings(url)

    assert said in str(refused.value)
    assert "s3" not in str(refused.value)
