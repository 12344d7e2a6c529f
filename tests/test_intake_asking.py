"""Readers from a file who have yet to confirm: asked in their turn, and once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from newsletter import links
from newsletter.models import Newsletter, Notice, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.notify import send_due_notices
from newsletter.subscribe import confirm, remind_unconfirmed, subscribe
from newsletter.tasks import follow_up_requests
from tests.importing import run, states
from tests.test_notify import Relay

pytestmark = pytest.mark.django_db

State = Subscription.State


def test_others_are_asked_once_and_so_many_an_hour(file, settings):
    settings.CONFIRMATIONS_AN_HOUR = 60
    addresses = "".join(f"reader@example{n}.org\n" for n in range(4))

    run(file(f"email\n{addresses}"))

    due = list(Notice.objects.order_by("pk").values_list("due_at", flat=True))
    assert set(states().values()) == {State.PENDING}
    assert [(at - due[0]).total_seconds() for at in due] == [0, 120, 240, 360]


def test_those_of_one_domain_are_asked_at_half_of_what_it_may_get_and_others_do_not_wait(
    file, settings
):
    settings.CONFIRMATIONS_AN_HOUR = 60
    names = [f"reader{n}@example.org" for n in range(3)] + ["dana@example.com"]

    run(file("email\n" + "\n".join(names)))

    due = list(Notice.objects.order_by("pk").values_list("due_at", flat=True))
    assert [(at - due[0]).total_seconds() for at in due] == [0, 400, 800, 360]


def test_whoever_was_imported_and_asks_before_their_turn_is_asked_at_once_and_once(file):
    names = "".join(f"reader{n}@example.org\n" for n in range(30))
    run(file(f"email\n{names}"))
    last = Subscription.objects.get(subscriber__email="reader29@example.org")
    turn = last.confirmation_requested_at

    for _ in range(3):
        subscribe("reader29@example.org", last.newsletter, "en")

    last.refresh_from_db()
    asked = [(each.due_at, each.can_wait) for each in last.notices.all()]
    assert asked == [(last.confirmation_requested_at, False)]
    assert last.confirmation_requested_at <= timezone.now() < turn


def test_who_asks_by_themselves_is_asked_before_those_of_a_file(file, settings, daily_papers):
    settings.CONFIRMATIONS_AN_HOUR = 1
    run(file("email\nimported@example.org\n"))
    subscribe("dana@example.com", daily_papers, "en")

    send_due_notices()

    assert [message.to for message in mail.outbox] == [["dana@example.com"]]


def test_whoever_of_a_file_found_no_room_in_a_day_is_asked_later_with_a_link_that_works(
    file, settings, daily_papers, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    settings.CONFIRMATIONS_AN_HOUR = 1
    run(file("email\nimported@example.org\n"))
    subscribe("dana@example.org", daily_papers, "en")
    send_due_notices()
    time_machine.shift(timedelta(days=6))

    settings.CONFIRMATIONS_AN_HOUR = 600
    follow_up_requests()
    send_due_notices()

    imported = Subscription.objects.get(subscriber__email="imported@example.org")
    assert mail.outbox[-1].to == ["imported@example.org"]
    assert links.confirm_url(imported) in mail.outbox[-1].body
    assert confirm(imported)


def test_whoever_of_a_file_cannot_be_reached_is_tried_for_a_day(
    file, settings, daily_papers, time_machine
):
    settings.EMAIL_BACKEND = f"{Relay.__module__}.{Relay.__name__}"
    time_machine.move_to(timezone.now(), tick=False)
    run(file("email\nlater@example.org\n"))
    send_due_notices()
    time_machine.shift(timedelta(days=2))

    follow_up_requests()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due_notices() == 0


def test_whoever_was_imported_is_not_asked_a_second_time(file):
    run(file("email\ndana@example.org\n"))
    long_ago = timezone.now() - timedelta(hours=49)
    Notice.objects.update(due_at=long_ago, sent_at=long_ago)
    Subscription.objects.update(confirmation_requested_at=long_ago)

    remind_unconfirmed()

    assert [notice.kind for notice in Notice.objects.all()] == [Notice.Kind.CONFIRM]


def test_whoever_did_not_answer_a_file_is_not_asked_by_the_next_one(file, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    path = file("email\ndana@example.org\n")
    run(path)
    send_due_notices()
    time_machine.shift(timedelta(days=8))
    follow_up_requests()

    assert "added 0, already 1" in run(path, "--dry-run")
    assert "added 0, already 1" in run(path)
    assert not Subscriber.objects.exists()
    assert Notice.objects.count() == 1


def test_whoever_is_in_two_files_is_asked_on_two_days(file, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    Newsletter.objects.create(slug="physics", name="Physics")
    path = file("email\ndana@example.org\n")
    run(path)
    run(path, "--newsletter", "physics")

    sent = [send_due_notices(), send_due_notices()]
    time_machine.shift(timedelta(days=1, minutes=1))
    follow_up_requests()
    sent.append(send_due_notices())

    assert sent == [1, 0, 1]


def test_whoever_of_a_file_is_suppressed_before_their_turn_is_forgotten(file, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    run(file("email\ndana@example.org\n"))
    Suppression.objects.create(address_key=address_key("dana@example.org"), reason="manual")

    for _day in range(9):
        time_machine.shift(timedelta(days=1))
        follow_up_requests()
        send_due_notices()

    assert mail.outbox == []
    assert not Subscriber.objects.exists()


def test_a_reader_who_was_asked_is_due_at_once(file):
    run(file("email\ndana@example.org\n"))

    assert Notice.objects.get().due_at <= timezone.now()
