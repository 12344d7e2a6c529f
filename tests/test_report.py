"""What is kept of an edition, and that it agrees with the ledger while there is one."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import tasks, verify
from newsletter.approve import approve_edition
from newsletter.deliver import balance_of, begin
from newsletter.deliver.prune import prune_ledger
from newsletter.deliver.report import balance_in, count_report, count_told, reports_due
from newsletter.models import Delivery, DeliveryEvent, Edition, Report
from newsletter.subscribe import unsubscribe
from tests.factories import (
    make_channel,
    make_delivery,
    make_done_edition,
    make_edition,
    make_leaving_edition,
    make_slice,
    make_subscription,
)

State = Delivery.State
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def edition(daily_papers, alice, emma) -> Edition:
    """Done a day ago: Alice's and a stranger's left by one channel, Emma's by another, one was not
    claimed."""
    edition = make_leaving_edition(daily_papers, audience_count=4)
    first = make_slice(edition, channel=make_channel("first"), accepted_count=1)
    second = make_slice(edition, channel=make_channel("second"), accepted_count=1)
    make_delivery(edition, alice, part=first, state=State.ACCEPTED)
    make_delivery(edition, make_subscription(language="ko"), part=first, state=State.REJECTED)
    make_delivery(edition, emma, part=second, state=State.ACCEPTED)
    make_delivery(edition, make_subscription(language="en"), state=State.EXPIRED)
    Edition.objects.filter(pk=edition.pk).update(
        state=Edition.State.DONE, done_at=timezone.now() - DAY
    )
    edition.refresh_from_db()
    return edition


def tell(edition, reader, kind, event_id="1"):
    now = timezone.now()
    DeliveryEvent.objects.create(
        provider="Postmark",
        event_id=event_id,
        kind=kind,
        happened_at=now,
        received_at=now,
        delivery=edition.deliveries.get(subscriber=reader.subscriber),
        edition=edition,
    )


def test_it_counts_by_language_and_channel(edition):
    assert count_report(edition).sent == [
        {"language": "en", "channel": "", "expired": 1},
        {"language": "en", "channel": "second", "accepted": 1},
        {"language": "ko", "channel": "first", "accepted": 1, "rejected": 1},
    ]


def test_its_balance_is_the_ledgers(edition):
    assert balance_in(count_report(edition)) == balance_of(edition)


def test_it_counts_what_was_told_of_each_mail_once(edition, alice, emma):
    for event_id, kind in enumerate(["hard", "hard", "soft", "delivered"]):
        tell(edition, alice, kind, str(event_id))
    tell(edition, emma, "complained", "9")

    assert count_report(edition).told == [
        {"language": "en", "channel": "second", "complained": 1},
        {"language": "ko", "channel": "first", "hard": 1, "soft": 1},
    ]


def test_it_counts_who_left_after_it_and_before_the_next_one(edition, alice, emma):
    make_leaving_edition(date="2024-07-04", audience_cutoff_at=timezone.now())
    unsubscribe(alice)
    type(emma).objects.filter(pk=emma.pk).update(
        state="unsubscribed", unsubscribed_at=timezone.now() - timedelta(seconds=1)
    )
    edition.deliveries.update(accepted_at=None, state=State.ASSUMED_SENT)
    Edition.objects.filter(pk=edition.pk).update(audience_cutoff_at=timezone.now() - DAY)
    edition.refresh_from_db()

    assert count_report(edition).told == [{"language": "en", "channel": "second", "left": 1}]


def test_who_left_before_the_mail_was_taken_did_not_leave_for_it(edition, alice):
    unsubscribe(alice)
    edition.deliveries.filter(state=State.ACCEPTED).update(
        accepted_at=timezone.now() + timedelta(minutes=1)
    )

    assert count_report(edition).told == []


def test_it_says_from_when_to_when_its_mails_left(edition):
    begin, end = timezone.now() - 2 * DAY, timezone.now() - DAY
    edition.slices.update(claimed_at=begin, settled_at=end)
    make_slice(edition, claimed_at=begin - DAY)  # nothing of it was accepted

    report = count_report(edition)

    assert (report.began_at, report.ended_at) == (begin, end)


def test_verifying_an_edition_counts_it_and_keeps_the_same_balance(alice, emma):
    edition = make_done_edition()

    verify.record(edition)

    assert balance_in(edition.report) == balance_of(edition)
    assert edition.final_counts == asdict(balance_of(edition))


def test_what_is_told_later_is_counted_later_the_rarer_the_older_it_is(edition, alice):
    report = count_report(edition)
    tell(edition, alice, "hard")
    wait = report.due_at - report.counted_at

    due = [list(reports_due(report.due_at + by)) for by in (-wait / 2, wait / 2)]
    count_told(report)

    assert timedelta(hours=2.3) < wait < timedelta(hours=2.5)
    assert due == [[], [report]]
    report.refresh_from_db()
    assert report.told == [{"language": "ko", "channel": "first", "hard": 1}]


def test_the_clock_counts_what_is_due(edition, alice):
    count_report(edition)
    tell(edition, alice, "soft")
    Report.objects.update(due_at=timezone.now())

    tasks.count_reports()

    assert Report.objects.get().told == [{"language": "ko", "channel": "first", "soft": 1}]


def test_what_is_told_while_it_is_sent_is_counted_from_its_first_mail_on(daily_papers, alice):
    edition = approve_edition(make_edition())
    begin(edition)
    tell(edition, alice, "hard")

    tasks.count_reports()

    report = Report.objects.get()
    assert (report.sent, report.told_count("hard"), report.told_count("left")) == ([], 1, 0)


def test_all_of_it_is_counted_once_more_before_the_ledger_goes_and_stays(edition, alice):
    Edition.objects.filter(pk=edition.pk).update(done_at=timezone.now() - 31 * DAY)
    tell(edition, alice, "hard")
    before = balance_of(edition)

    prune_ledger()
    DeliveryEvent.objects.all().delete()
    tasks.count_reports()

    report = Report.objects.get()
    assert (edition.deliveries.count(), report.due_at) == (0, None)
    assert balance_in(report) == before
    assert Edition.objects.get(pk=edition.pk).final_counts == asdict(before)
    assert report.told == [{"language": "ko", "channel": "first", "hard": 1}]
    assert report.began_at is not None
