import pytest

from newsletter.providers import BadEmailUrl, channel_urls, mail_settings, way_out


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
        "EMAIL_CAFILE": "",
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
    ("url", "backend", "options"),
    [
        ("brevo://KEY", "brevo", {"api_key": "KEY"}),
        ("mailjet://KEY:S%3AECRET", "mailjet", {"api_key": "KEY", "secret_key": "S:ECRET"}),
        ("mailtrap://KEY?sandbox_id=7", "mailtrap", {"api_token": "KEY", "sandbox_id": "7"}),
        (
            "postmark://KEY?message_stream=broadcast",
            "postmark",
            {"server_token": "KEY", "message_stream": "broadcast"},
        ),
        (
            "sparkpost://KEY?api_url=https://api.eu.sparkpost.com/api/v1",
            "sparkpost",
            {"api_key": "KEY", "api_url": "https://api.eu.sparkpost.com/api/v1"},
        ),
    ],
)
def test_a_way_out_has_the_options_that_its_backend_takes(url, backend, options):
    way = way_out(url)

    assert way.backend == f"anymail.backends.{backend}.EmailBackend"
    assert way.options == options | {"requests_timeout": (5, 60)}


def test_amazon_is_told_by_its_region_and_asked_once():
    way = way_out("ses://AKID:s%2Fecret@eu-west-1?api_url=http://127.0.0.1:9")

    assert way.backend == "anymail.backends.amazon_ses.EmailBackend"
    assert way.options == {
        "session_params": {"aws_access_key_id": "AKID", "aws_secret_access_key": "s/ecret"},
        "client_params": {
            "region_name": "eu-west-1",
            "endpoint_url": "http://127.0.0.1:9",
            "config": {
                "retries": {"total_max_attempts": 1},
                "connect_timeout": 5,
                "read_timeout": 60,
                "max_pool_connections": 100,
            },
        },
    }


def test_amazon_without_boto3_says_what_to_install(monkeypatch):
    monkeypatch.setattr("newsletter.providers.find_spec", lambda name: None)

    with pytest.raises(BadEmailUrl, match="pip install boto3"):
        way_out("ses://eu-west-1")


def test_no_key_stands_in_what_is_printed_of_a_way_out():
    assert "KEY" not in repr(way_out("postmark://KEY"))


def test_channels_come_in_the_order_of_their_names_after_the_default():
    environment = {
        "EMAIL_URL_SPARE": "smtp://spare.example",
        "EMAIL_URL_BULK": "resend://KEY",
        "EMAIL_URL_UNUSED": "",
        "PATH": "/bin",
    }

    channels = channel_urls(environment, "smtp://relay.example")

    assert list(channels.items()) == [
        ("default", "smtp://relay.example"),
        ("bulk", "resend://KEY"),
        ("spare", "smtp://spare.example"),
    ]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"EMAIL_URL_SPARE": "pigeon://loft"}, "EMAIL_URL_SPARE starts with 'pigeon'"),
        ({"EMAIL_URL_DEFAULT": "smtp://relay"}, "the channel `default` is named by EMAIL_URL"),
    ],
)
def test_a_channel_that_leads_nowhere_is_refused_by_its_variable(environment, said):
    with pytest.raises(BadEmailUrl, match=said):
        channel_urls(environment, "smtp://relay.example")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("relay.example", "use one of: maildir, smtp, smtp+tls, smtps, ses, brevo"),
        ("pigeon://loft", "EMAIL_URL starts with 'pigeon'; use one of"),
        ("smtp://", "EMAIL_URL names no host; write smtp://host:port"),
        ("smtp://me:s3/cret@relay.example", "EMAIL_URL cannot be read; write smtp://"),
        ("smtp://me:s3[cret@relay.example", "EMAIL_URL cannot be read; write smtp://"),
        ("smtp://relay.example:99999", "EMAIL_URL cannot be read; write smtp://"),
        ("postmark://", "EMAIL_URL names no key; write postmark://KEY"),
        ("mailjet://KEY", "EMAIL_URL names no key; write mailjet://KEY:SECRET"),
        ("ses://", "EMAIL_URL names no region; write ses://KEY:SECRET@eu-west-1"),
        ("resend://KEY?region=eu", "EMAIL_URL says region=…; its options are: api_url"),
        ("resend://KEY?api_url=api.example", "EMAIL_URL says api_url=…; write https://… there"),
        ("maildir://", "EMAIL_URL names no folder; write maildir:///folder"),
        ("maildir://var/mail", "EMAIL_URL names no folder; write maildir:///folder"),
    ],
)
def test_what_names_no_way_out_is_refused_with_what_to_write(url, said):
    with pytest.raises(BadEmailUrl) as refused:
        mail_settings(url)

    assert said in str(refused.value)
    assert "s3" not in str(refused.value)
