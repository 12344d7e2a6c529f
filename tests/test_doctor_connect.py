"""Logging in, to a real relay and to stand-ins of providers' APIs. Nothing is ever mailed."""

import pytest
from aiosmtpd.smtp import AuthResult

from newsletter.doctor import connect
from newsletter.providers import way_out
from tests.doctor import facts, found
from tests.ground import free_port
from tests.smtp_relay import Doors

pytestmark = pytest.mark.django_db


def test_a_relay_that_lets_us_in_is_well_and_gets_no_mail(settings, relay):
    settings.CHANNELS = {"default": relay.url}

    assert (found(connect.connections), relay.taken, relay.senders) == ([], [], [])


def test_a_relay_that_cannot_be_reached_carries_nothing(settings):
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9"}

    assert found(connect.connections) == [("out-of-reach", "stop")]


def test_a_relay_without_smtputf8_is_told_where_it_is_wanted(settings, relay_without_utf8):
    settings.CHANNELS = {"default": relay_without_utf8}
    unwanted = found(connect.connections)
    settings.SMTPUTF8 = True

    assert (unwanted, found(connect.connections)) == ([], [("relay-without-smtputf8", "warning")])


@pytest.fixture
def relay_without_utf8():
    yield from running(Doors(object(), free_port(), enable_SMTPUTF8=False))


@pytest.fixture
def guarded_relay():
    """Knows one password."""

    def check(server, session, envelope, mechanism, login):
        is_right = (login.login, login.password) == (b"me", b"right")
        return AuthResult(success=is_right, handled=False)

    options = {"authenticator": check, "auth_require_tls": False}
    yield from running(Doors(object(), free_port(), enable_SMTPUTF8=True, **options))


def running(controller):
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def test_a_relay_takes_the_right_password_and_no_other(settings, guarded_relay):
    place = guarded_relay.removeprefix("smtp://")
    settings.CHANNELS = {"default": f"smtp://me:right@{place}"}
    right = found(connect.connections)
    settings.CHANNELS = {"default": f"smtp://me:wr0ng-secret@{place}"}

    assert (right, found(connect.connections)) == ([], [("login-refused", "stop")])
    assert "wr0ng-secret" not in str(facts(connect.connections))


PROVIDERS = {
    "brevo": ("brevo://KEY", "/v3/account", ("api-key", "KEY")),
    "mailgun": ("mailgun://KEY", "/v4/domains", ("Authorization", "Basic YXBpOktFWQ==")),
    "mailjet": ("mailjet://A:B", "/v3/REST/sender", ("Authorization", "Basic QTpC")),
    "mailtrap": ("mailtrap://KEY", "/v3/accounts", ("Authorization", "Bearer KEY")),
    "postmark": ("postmark://KEY", "/v3/server", ("X-Postmark-Server-Token", "KEY")),
    "resend": ("resend://KEY", "/v3/domains", ("Authorization", "Bearer KEY")),
    "sendgrid": ("sendgrid://KEY", "/v3/scopes", ("Authorization", "Bearer KEY")),
    "sparkpost": ("sparkpost://KEY", "/v3/account", ("Authorization", "KEY")),
}


@pytest.fixture
def asked(httpserver, settings):
    """What is found where a provider answers this."""

    def ask(name, status, body="{}"):
        url, path, header = PROVIDERS[name]
        httpserver.expect_request(path, method="GET", headers=dict([header])).respond_with_data(
            body, status=status
        )
        settings.CHANNELS = {"default": f"{url}?api_url={httpserver.url_for('/v3')}"}
        return found(connect.connections)

    return ask


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_knows_our_key_is_well(asked, name):
    assert asked(name, 200) == []


@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - {"mailgun"}))
def test_a_provider_that_does_not_know_our_key_carries_nothing(asked, name):
    assert asked(name, 401) == [("login-refused", "stop")]


@pytest.mark.parametrize(
    ("name", "status", "body", "expected"),
    [
        ("resend", 401, '{"name": "restricted_api_key"}', []),
        ("sendgrid", 403, "", []),
        ("mailgun", 401, "Forbidden", [("account-odd", "warning")]),
        ("postmark", 500, "", [("account-odd", "warning")]),
    ],
)
def test_a_key_that_may_only_send_is_known(asked, name, status, body, expected):
    assert asked(name, status, body) == expected


def test_a_provider_that_cannot_be_reached_carries_nothing(settings):
    settings.CHANNELS = {"default": "postmark://KEY?api_url=http://127.0.0.1:9"}

    assert found(connect.connections) == [("out-of-reach", "stop")]


def test_a_folder_is_not_connected_to(settings):
    settings.CHANNELS = {"default": "maildir:///var/mail"}

    assert found(connect.connections) == []


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"SendingEnabled": True, "ProductionAccessEnabled": True}, []),
        (
            200,
            {"SendingEnabled": True, "ProductionAccessEnabled": False},
            [("account-sandbox", "stop")],
        ),
        (403, {"__type": "UnrecognizedClientException"}, [("login-refused", "stop")]),
        (403, {"__type": "AccessDeniedException"}, []),
    ],
)
def test_amazon_also_says_whether_strangers_may_be_mailed(
    httpserver, settings, status, body, expected
):
    answer = httpserver.expect_request("/v2/email/account", method="GET")
    headers = {"x-amzn-errortype": body.get("__type", "")}
    answer.respond_with_json(body, status=status, headers=headers)
    place = httpserver.url_for("").rstrip("/")
    settings.CHANNELS = {"default": f"ses://KEY:SECRET@eu-west-1?api_url={place}"}

    assert way_out(settings.CHANNELS["default"]).scheme == "ses"
    assert found(connect.connections) == expected
