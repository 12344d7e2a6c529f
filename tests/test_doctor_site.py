import ssl

import pytest
from pytest_httpserver import HTTPServer

from newsletter.doctor import site
from tests.certificates import make_authority
from tests.doctor import facts, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings):
    def be(url, host, *, debug=False):
        settings.SITE_URL, settings.SITE_HOST, settings.DEBUG = url, host, debug

    return be


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://localhost:8000", "localhost"),
        ("https://127.0.0.1", "127.0.0.1"),
        ("http://[::1]:8000", "::1"),
    ],
)
def test_links_to_this_machine_stop_mail_but_for_a_developer(at, url, host):
    at(url, host)
    strangers = found(site.site)
    at(url, host, debug=True)

    assert (strangers, found(site.site)) == ([("site-localhost", "stop")], [])


def test_a_name_that_is_set_aside_is_not_asked_for(at):
    at("http://papers.example", "papers.example")

    assert found(site.site) == [("site-not-https", "warning"), ("site-unreachable", "warning")]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"status": "ok"}', []),
        (301, "", ["site-something-else"]),
        (200, "<html>Welcome to nginx", ["site-something-else"]),
        (502, "", ["site-something-else"]),
    ],
)
def test_it_is_ours_that_answers(httpserver, status, body, expected):
    httpserver.expect_request("/healthz").respond_with_data(body, status=status)

    assert [each.name for each in site.answer_of(httpserver.url_for("").rstrip("/"))] == expected


def test_a_site_where_nobody_listens_may_be_reached_from_elsewhere():
    (unreachable,) = site.answer_of("http://127.0.0.1:9")

    assert (unreachable.name, unreachable.level.value) == ("site-unreachable", "warning")


@pytest.fixture
def with_strange_certificate(tmp_path):
    """A site whose certificate is of an authority that nobody knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(make_authority(tmp_path).sign("localhost"))
    with HTTPServer(ssl_context=context) as server:
        yield server


def test_a_certificate_that_is_not_accepted_stops_mail(with_strange_certificate):
    (bad,) = site.answer_of(with_strange_certificate.url_for("").rstrip("/"))

    assert (bad.name, bad.level.value) == ("site-certificate", "stop")


def test_debug_is_off_where_mail_leaves(settings):
    settings.DEBUG, settings.CHANNELS = True, {"default": "maildir:///var/mail"}
    at_home = found(site.debug)
    settings.CHANNELS = {"default": "smtp://relay"}

    assert (at_home, found(site.debug)) == ([], [("debug", "warning")])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "fifty-random-characters", [("weak-key", "stop")]),
        ("SECRET_KEY", "a" * 60, [("weak-key", "stop")]),
        ("WEBHOOK_SECRET", ["user:password"], [("weak-secret", "warning")]),
        ("WEBHOOK_SECRET", ["user:short", "user:q8Fz31kk0Lm2"], [("weak-secret", "warning")]),
        ("WEBHOOK_SECRET", ["user:q8Fz31kk0Lm2"], []),
    ],
)
def test_keys_that_others_know_are_told(settings, name, value, expected):
    settings.SECRET_KEY = "b7k2m-94hx-qq01-zzr8-this one is long enough"
    setattr(settings, name, value)

    assert found(site.secrets) == expected


def test_no_fact_of_a_finding_is_a_secret(settings):
    settings.SECRET_KEY = "fifty-random-characters"
    settings.WEBHOOK_SECRET = ["user:password"]

    assert facts(site.secrets) == [{}, {}]
