"""Editions on their way through channels that are slow, shut, refusing or out of order."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import balance_of, deliver_edition
from newsletter.models import Channel, Edition
from newsletter.probe import probe
from tests import smtp_relay
from tests.factories import make_channel, make_edition, make_subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    return approve_edition(make_edition(daily_papers))


@pytest.fixture
def spare(settings, relay):
    """A second relay, tried after the first."""
    second, controller = smtp_relay.start()
    settings.CHANNELS = {"default": relay.url, "spare": second.url}
    yield second
    controller.stop()


def make_readers(count: int, domain: str = "example.org") -> list[str]:
    return [make_subscription(f"reader{n}@{domain}").subscriber.email for n in range(count)]


def deliver(edition: Edition) -> None:
    deliver_edition(Edition.objects.select_related("newsletter").get(pk=edition.pk))
    edition.refresh_from_db()


def deliver_again(edition: Edition) -> None:
    """A turn in which whatever was put off is due again."""
    edition.deliveries.update(not_before=timezone.now())
    deliver(edition)


def test_a_mailbox_that_cannot_be_made_closes_its_channel_before_anything_leaves(
    edition, settings, tmp_path
):
    (tmp_path / "mail").touch()
    settings.CHANNELS = {"default": f"maildir://{tmp_path}/mail"}
    make_readers(2)

    deliver(edition)

    assert edition.reason.startswith("Mail cannot leave now (NotADirectoryError)")
    assert (balance_of(edition).pending, balance_of(edition).in_doubt) == (2, 0)


def test_a_brown_out_leaves_five_and_one_a_connection_in_doubt_and_ends_by_itself(relay, edition):
    channel = make_channel(connections=3)
    for address in make_readers(60):
        relay.replies_to_message[address] = None
    for _ in range(4):
        deliver_again(edition)
    doubts = balance_of(edition).in_doubt
    relay.replies_to_message.clear()
    channel.refresh_from_db()

    closed = probe(channel)
    deliver_again(edition)

    assert 5 <= doubts <= 5 + 3
    assert closed is True
    assert balance_of(edition).accepted == 60 - doubts
    assert set(Counter(relay.recipients).values()) == {1}


def test_another_channel_takes_over_when_the_first_is_shut(settings, spare, edition):
    settings.CHANNELS = {"default": "smtp://127.0.0.1:9", "spare": spare.url}
    readers = make_readers(20)

    deliver(edition)

    assert sorted(spare.recipients) == sorted(readers)
    assert Channel.objects.get(name="default").shut_reason == "ConnectionRefusedError"


def test_another_channel_takes_over_when_the_first_is_told_to_wait(relay, spare, edition):
    readers = make_readers(20)
    for address in readers:
        relay.replies_to_recipient[address] = "421 4.7.0 too many"

    for _ in range(3):
        deliver(edition)

    assert sorted(spare.recipients) == sorted(readers)
    assert relay.recipients == []
    assert set(edition.deliveries.values_list("attempts", flat=True)) == {1}


def test_mail_leaves_at_the_channels_rate(relay, edition):
    make_channel(rate=40)
    make_readers(60)
    started = time.monotonic()

    deliver(edition)

    assert len(relay.recipients) == 60
    assert time.monotonic() - started >= 1.3


def test_one_domains_mail_leaves_at_its_rate_in_one_turn_and_the_others_before(relay, edition):
    make_channel(domain_rates={"naver.com": 5})
    slow, fast = make_readers(15, "naver.com"), make_readers(15)
    started = time.monotonic()

    deliver(edition)

    assert time.monotonic() - started >= 2
    assert sorted(relay.recipients) == sorted(slow + fast)
    assert set(relay.recipients[:20]) >= set(fast)
    assert set(edition.deliveries.values_list("attempts", flat=True)) == {1}


def test_few_go_first_and_the_others_when_they_have_waited(relay, daily_papers, edition):
    daily_papers.canary_percent = 10
    daily_papers.save()
    make_readers(30)
    deliver(edition)
    deliver(edition)
    first = len(relay.recipients)
    edition.slices.update(settled_at=timezone.now() - timedelta(minutes=11))

    deliver(edition)

    assert (first, len(relay.recipients)) == (3, 30)
