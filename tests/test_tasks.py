from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone
from werkzeug import Response

from newsletter import clock, due, tasks
from newsletter import tick as every_minute
from newsletter.approve import approve_edition
from newsletter.celery import app
from newsletter.deliver import cancel_edition
from newsletter.models import CheckUp, Edition, Quota, ReaderDay, Sign
from papers.models import Pull
from tests.factories import (
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


def test_an_edition_that_an_editor_cancels_while_it_is_built_stays_cancelled(
    transactional_db, daily_papers, httpserver, settings
):
    due.open_editions(BUILD)
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

    every_minute.tick()

    edition.refresh_from_db()
    assert edition.state == State.EXPIRED
    assert edition.reason == "It was still draft when its time had passed."


def test_a_source_that_is_down_leaves_the_edition_to_be_built_later(daily_papers, settings):
    settings.HF_API_URL = "http://127.0.0.1:9/api"  # nobody listens there
    due.open_editions(timezone.now())
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


def test_a_wake_up_that_is_far_away_is_left_to_the_tick(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.wake(tasks.send_edition, 1, seconds=tasks.SOON + 1)

    assert callbacks == []


def test_a_tick_opens_the_edition_of_today(daily_papers):
    daily_papers.build_time = time(0, 0)
    daily_papers.send_time = time(23, 59)
    daily_papers.weekdays = [1, 2, 3, 4, 5, 6, 7]
    daily_papers.save()

    every_minute.tick()

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
            every_minute.tick()

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


def test_a_tick_shows_that_the_clock_runs_and_has_a_worker_show_that_it_works(tick):
    before = clock.now() - timedelta(seconds=1)

    tick()

    assert {sign.name: sign.at > before for sign in Sign.objects.all()} == {
        Sign.CLOCK: True,
        Sign.WORKER: True,
    }


def test_a_tick_keeps_what_the_front_page_shows_and_again_a_quarter_of_an_hour_later(
    tick, newsletter_in_print
):
    tick()
    CheckUp.objects.update(findings=[])
    ReaderDay.objects.all().delete()
    Quota.objects.update(began_at=F("began_at") - timedelta(minutes=15))

    tick()

    assert CheckUp.objects.get().findings != []
    assert ReaderDay.objects.get().newsletter == newsletter_in_print


@pytest.fixture
def newsletter_in_print(tick):
    """In print, and its lists have just been asked for."""
    newsletter = make_newsletter(weekdays=[7])
    now = timezone.now()
    for days in range(-1, 5):
        day = now.date() - timedelta(days=days)
        Pull.objects.create(
            source="huggingface", date=day, attempted_at=now, succeeded_at=now, entry_count=0
        )
    return newsletter
