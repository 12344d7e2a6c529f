from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connections
from django.utils import timezone
from werkzeug import Response

from newsletter import tasks
from newsletter.approve import approve_edition
from newsletter.celery import app
from newsletter.deliver import begin, cancel_edition, ledger
from newsletter.models import Edition
from papers.models import Pull
from tests.factories import (
    DAY,
    make_channel,
    make_delivery,
    make_edition,
    make_leaving_edition,
    make_newsletter,
    make_slice,
)

State = Edition.State
BUILD = datetime(2024, 7, 3, 21, 0, tzinfo=UTC)  # six on Thursday morning in Seoul
SEND = BUILD + timedelta(hours=1)
EXPIRY = SEND + timedelta(hours=12)
pytestmark = pytest.mark.django_db


def test_the_build_time_opens_one_edition_with_its_send_time_and_expiry(daily_papers):
    tasks.open_editions(BUILD)
    tasks.open_editions(BUILD + timedelta(minutes=1))

    (edition,) = Edition.objects.all()
    assert (edition.date, edition.not_before, edition.expires_at) == (DAY, SEND, EXPIRY)


def test_an_inactive_newsletter_opens_no_edition(daily_papers):
    daily_papers.is_active = False
    daily_papers.save()

    tasks.open_editions(BUILD)

    assert not Edition.objects.exists()


def test_a_build_is_taken_by_one_worker_and_again_when_that_one_died(daily_papers):
    tasks.open_editions(BUILD)
    (edition,) = tasks.builds_due(BUILD)

    taken = [edition.claim_build(BUILD, again_at=BUILD + tasks.BUILD_EVERY) for _ in range(2)]

    assert taken == [True, False]
    assert list(tasks.builds_due(BUILD + timedelta(minutes=1))) == []
    assert list(tasks.builds_due(BUILD + tasks.BUILD_EVERY)) == [edition]


def test_a_draft_goes_out_by_itself_at_its_send_time_and_not_before(daily_papers):
    edition = make_edition(daily_papers, not_before=SEND, expires_at=EXPIRY)

    assert list(tasks.approvals_due(SEND - timedelta(seconds=1))) == []
    assert list(tasks.approvals_due(SEND)) == [edition]
    assert list(tasks.approvals_due(EXPIRY)) == []


def test_a_draft_that_needs_approval_or_is_on_hold_waits(daily_papers):
    waits = make_newsletter(approval_required=True)
    make_edition(waits, not_before=SEND, expires_at=EXPIRY)
    make_edition(daily_papers, not_before=SEND, expires_at=EXPIRY, hold_reason="look again")

    assert list(tasks.approvals_due(SEND)) == []


def test_a_draft_that_was_built_by_hand_does_not_go_out_by_itself(daily_papers):
    make_edition(daily_papers)

    assert list(tasks.approvals_due(timezone.now())) == []


def test_an_approved_edition_is_sent_from_its_send_time_on(daily_papers):
    edition = approve_edition(make_edition(daily_papers, date=timezone.now().date()))

    assert list(tasks.sendings_due(edition.not_before - timedelta(seconds=1))) == []
    assert list(tasks.sendings_due(edition.not_before)) == [edition]


def test_a_newsletter_out_of_print_neither_builds_nor_sends(daily_papers):
    daily_papers.is_active = False
    daily_papers.save()
    times = {"not_before": SEND, "expires_at": EXPIRY}
    make_edition(daily_papers, **times)
    make_edition(daily_papers, date=DAY - timedelta(days=1), state=State.SCHEDULED, **times)

    assert list(tasks.approvals_due(SEND)) == []
    assert list(tasks.builds_due(SEND)) == []


def test_an_edition_has_at_most_two_senders_at_a_time(daily_papers, alice, emma, bob):
    edition = approve_edition(make_edition(daily_papers))
    begin(edition)
    now = timezone.now()
    make_slice(edition, owner="first", settled_at=None)
    with_one = list(tasks.sendings_due(now))
    held = make_slice(edition, owner="second", settled_at=None)
    with_two = list(tasks.sendings_due(now))
    ledger.settle(held, ledger.Outcomes())

    assert (with_one, with_two) == ([edition], [])
    assert list(tasks.sendings_due(now)) == [edition]


def test_an_edition_that_an_editor_cancels_while_it_is_built_stays_cancelled(
    transactional_db, daily_papers, httpserver, settings
):
    tasks.open_editions(BUILD)
    edition = Edition.objects.get()

    def cancel_meanwhile(request):
        cancel_edition(Edition.objects.get(), "not today")
        connections.close_all()  # this thread's own
        return Response("[]", content_type="application/json")

    httpserver.expect_request("/api/daily_papers").respond_with_handler(cancel_meanwhile)
    settings.HF_API_URL = httpserver.url_for("/api")

    tasks.build_edition(edition.pk)

    edition.refresh_from_db()
    assert (edition.state, edition.reason) == (State.CANCELLED, "not today")


def test_a_list_that_was_just_asked_for_is_not_asked_for_again(daily_papers, httpserver, settings):
    settings.HF_API_URL = httpserver.url_for("/api")
    httpserver.expect_request("/api/daily_papers").respond_with_json([])
    today = timezone.now().astimezone(UTC).date().isoformat()

    for _ in range(3):
        tasks.fetch_papers("huggingface", today)

    assert len(httpserver.log) == 1


def test_a_tick_ends_what_nobody_approved_in_time(daily_papers):
    daily_papers.approval_required = True
    daily_papers.save()
    edition = make_edition(daily_papers, not_before=SEND, expires_at=EXPIRY)

    tasks.tick()

    edition.refresh_from_db()
    assert edition.state == State.EXPIRED
    assert edition.reason == "It was still draft when its time had passed."


def test_lists_are_asked_for_today_and_three_days_back_until_they_are_fresh(daily_papers):
    now = timezone.now()
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(4)]

    assert sorted(day for _, day in tasks.pulls_due(now)) == sorted(days)
    for day in days[1:]:
        Pull.objects.create(source="huggingface", date=day, attempted_at=now)
    assert tasks.pulls_due(now) == [("huggingface", today)]


def test_a_source_that_is_down_leaves_the_edition_to_be_built_later(daily_papers, settings):
    settings.HF_API_URL = "http://127.0.0.1:9/api"  # nobody listens there
    tasks.open_editions(timezone.now())
    edition, _ = Edition.objects.get_or_create(newsletter=daily_papers, date=date(2024, 7, 3))

    tasks.build_edition(edition.pk)

    edition.refresh_from_db()
    assert edition.state == State.COLLECTING
    assert "2024-07-03" in edition.reason


def test_a_broker_that_is_down_loses_nothing_but_time(
    caplog, django_capture_on_commit_callbacks, no_broker
):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.wake(tasks.send_notices)

    assert "newsletter.tasks.send_notices waits for the next tick" in caplog.text


def test_a_tick_opens_the_edition_of_today(daily_papers):
    daily_papers.build_time = time(0, 0)
    daily_papers.send_time = time(23, 59)
    daily_papers.weekdays = [1, 2, 3, 4, 5, 6, 7]
    daily_papers.save()

    tasks.tick()

    (edition,) = Edition.objects.all()
    assert edition.state == State.SCHEDULED


@pytest.fixture
def tick(daily_papers, django_capture_on_commit_callbacks):
    """A tick whose tasks are done on the spot; nothing is to be fetched."""
    daily_papers.is_active = False
    daily_papers.save()
    app.conf.task_always_eager = True

    def tick():
        with django_capture_on_commit_callbacks(execute=True):
            tasks.tick()

    yield tick
    app.conf.task_always_eager = False


def test_a_stopped_channel_is_asked_by_the_next_tick_and_goes_on(tick, relay, daily_papers):
    channel = make_channel(
        breaker_opened_at=timezone.now() - timedelta(minutes=1), breaker_newsletter=daily_papers
    )

    tick()
    tick()

    channel.refresh_from_db()
    assert relay.recipients == ["paperboy@paperboy.example"]
    assert channel.breaker_opened_at is None


def test_nothing_leaves_in_the_newsletters_quiet_hours(tick, daily_papers):
    now = timezone.now()
    daily_papers.time_zone = "UTC"
    daily_papers.quiet_from = (now - timedelta(hours=1)).time()
    daily_papers.quiet_until = (now + timedelta(hours=1)).time()
    daily_papers.save()
    edition = approve_edition(make_edition(daily_papers))
    tick()
    edition.refresh_from_db()
    in_quiet_hours = edition.state
    daily_papers.quiet_from = (now + timedelta(hours=1)).time()
    daily_papers.quiet_until = (now + timedelta(hours=2)).time()
    daily_papers.save()

    tick()

    edition.refresh_from_db()
    assert (in_quiet_hours, edition.state) == (State.APPROVED, State.DONE)


def test_an_edition_whose_time_passes_in_quiet_hours_expires_as_usual(tick, daily_papers):
    now = timezone.now()
    daily_papers.time_zone = "UTC"
    daily_papers.quiet_from = (now - timedelta(hours=1)).time()
    daily_papers.quiet_until = (now + timedelta(hours=1)).time()
    daily_papers.save()
    edition = approve_edition(make_edition(daily_papers))
    Edition.objects.update(expires_at=now - timedelta(seconds=1))

    tick()

    edition.refresh_from_db()
    assert edition.state == State.EXPIRED


def test_an_edition_that_is_over_is_verified_by_the_next_tick_once(tick, daily_papers):
    over = make_leaving_edition(state=State.DONE, done_at=timezone.now(), audience_count=1)
    make_slice(over)
    under_way = make_leaving_edition(date="2024-07-04", hold_reason="somebody looks into it")
    make_slice(under_way)

    tick()
    over.refresh_from_db()
    verified_at = over.verified_at
    tick()

    over.refresh_from_db()
    under_way.refresh_from_db()
    assert [breach["check"] for breach in over.breaches][:1] == ["balance"]
    assert over.verified_at == verified_at
    assert under_way.verified_at is None


def test_a_tick_prunes_what_is_old(tick, daily_papers):
    long_ago = timezone.now() - timedelta(days=31)
    old = make_leaving_edition(state=State.DONE, done_at=long_ago)
    make_delivery(old, part=make_slice(old), state="accepted")

    tick()

    assert not old.deliveries.exists()
