"""What a bounce says of the reader, and what of us: every provider's words for it."""

import warnings

import pytest
from django.test import RequestFactory
from django.utils import timezone

from newsletter.models import DeliveryEvent
from newsletter.track.callbacks import VIEWS, door
from newsletter.track.said import said_by_provider
from newsletter.track.verdict import bounce_kind
from tests.callbacks import KEYS, PAYLOADS, SECRET, Mail, call

Kind = DeliveryEvent.Kind
NAME = "1.0123456789abcdef"


@pytest.fixture(autouse=True)
def open_doors(settings):
    settings.WEBHOOK_SECRET, settings.WEBHOOK_KEYS = [SECRET], KEYS


def said(provider, kind, mail):
    body, headers = call(provider, kind, mail)
    request = RequestFactory().post(
        "/", body, content_type="application/json", headers=headers | {"Svix-Id": "msg_1"}
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"anymail\.webhooks")
        events = door(provider).parse_events(request)
    [said] = said_by_provider(events, provider, timezone.now())
    return said


@pytest.mark.parametrize(
    ("provider", "kind"), [(provider, kind) for provider in PAYLOADS for kind in PAYLOADS[provider]]
)
def test_each_provider_s_words_mean_what_its_documentation_says(provider, kind):
    mail = Mail(NAME, "alice@example.org")

    told = said(provider, kind, mail)

    assert (told.kind, told.address, told.names[0]) == (kind, "alice@example.org", NAME)
    assert abs(told.happened_at.timestamp() - mail.at) < 1


@pytest.mark.parametrize("provider", PAYLOADS)
def test_the_same_call_twice_has_the_same_id_and_another_mail_s_another(provider):
    mail, other = Mail(NAME, "alice@example.org"), Mail(NAME, "bob@example.org", number=1)

    ids = [said(provider, "delivered", each).event_id for each in (mail, mail, other)]

    assert ids[0] == ids[1]
    assert ids[0] != ids[2] or provider == "resend"  # whose id is the call's, in a header


def test_every_provider_that_posts_has_its_payloads():
    assert set(PAYLOADS) == set(VIEWS)


@pytest.mark.parametrize(
    ("code", "meant", "kind"),
    [
        ("5.1.1", None, Kind.HARD),
        ("5.1.10", Kind.SOFT, Kind.HARD),
        ("5.1.2", None, Kind.HARD),
        ("5.2.1", None, Kind.HARD),
        ("5.2.2", Kind.HARD, Kind.SOFT),
        ("5.3.4", Kind.HARD, Kind.SOFT),
        ("5.4.4", None, Kind.SOFT),
        ("4.7.1", Kind.SOFT, Kind.POLICY),
        ("5.7.26", Kind.HARD, Kind.POLICY),
        ("4.2.1", Kind.HARD, Kind.SOFT),
        ("5.0.0", Kind.HARD, Kind.HARD),
        ("5.0.0", None, Kind.SOFT),
        ("5.1.7", Kind.HARD, Kind.POLICY),
        ("5.2.3", Kind.HARD, Kind.SOFT),
        ("5.6.1", Kind.HARD, Kind.SOFT),
        ("", None, Kind.SOFT),
        ("", Kind.POLICY, Kind.POLICY),
        ("5.1.1", Kind.COMPLAINED, Kind.COMPLAINED),
    ],
)
def test_a_code_comes_before_its_teller_s_words_and_what_nobody_knows_passes(code, meant, kind):
    assert bounce_kind(code, meant) == kind
