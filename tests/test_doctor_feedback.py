from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.doctor import feedback
from newsletter.models import Callback, DeliveryEvent
from tests.doctor import facts, found
from tests.factories import make_leaving_edition, make_slice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("url", "more", "expected"),
    [
        ("postmark://KEY", {}, [("webhook-closed", "warning")]),
        ("postmark://KEY", {"WEBHOOK_SECRET": ["paperboy:a long secret"]}, []),
        (
            "mailgun://KEY",
            {"WEBHOOK_SECRET": ["paperboy:a long secret"]},
            [("webhook-closed", "warning")],
        ),
        ("smtp://relay", {}, [("no-bounces", "warning")]),
        ("smtp://relay", {"BOUNCE_ADDRESS": "b@news.kr"}, [("no-bounces", "warning")]),
        (
            "smtp://relay",
            {"BOUNCE_ADDRESS": "b@news.kr", "BOUNCE_MAILBOX": "imaps://b@news.kr"},
            [],
        ),
        ("maildir:///var/mail", {}, []),
    ],
)
def test_each_way_out_has_its_way_back(settings, url, more, expected):
    settings.CHANNELS = {"default": url}
    for name, value in more.items():
        setattr(settings, name, value)

    assert found(feedback.ways_back) == expected


def test_what_nobody_could_read_is_told():
    now = timezone.now()
    Callback.objects.create(provider="brevo", body=b"{}", received_at=now, problem="no JSON")

    assert found(feedback.events) == [("unread-calls", "warning")]
    assert facts(feedback.events) == [{"problem": "no JSON"}]


def test_a_provider_that_says_nothing_of_many_mails_is_told(settings):
    settings.CHANNELS = {"default": "postmark://KEY"}
    make_slice(make_leaving_edition(), accepted_count=200)
    silent = found(feedback.events)
    now = timezone.now()
    DeliveryEvent.objects.create(
        provider="Postmark",
        event_id="1",
        kind="delivered",
        happened_at=now,
        received_at=now - timedelta(days=1),
    )

    assert (silent, found(feedback.events)) == ([("provider-silent", "warning")], [])
