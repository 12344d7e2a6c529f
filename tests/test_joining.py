"""Each way in holds the same limits, and tells nobody who is known here (T01, T02)."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from urllib.parse import unquote

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import clock
from newsletter.known import erase
from newsletter.models import Newsletter, Notice, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.notify import send_due_notices
from newsletter.quota import HOUR, take
from newsletter.subscribe import forget_unconfirmed, subscribe
from tests.doors import by_api, by_embedded_form, by_form, by_lost_link, network
from tests.factories import make_newsletter

VICTIM = "victim@example.org"
OWN_TO_EACH = re.compile(r'name="shown_at" value="[^"]*"|\{"parameters": .*\}')


DOORS = [by_form, by_embedded_form, by_api]
PAGES = [*DOORS, by_lost_link]  # that an address is typed into
each_page = pytest.mark.parametrize("door", PAGES, ids=lambda door: door.__name__)
each_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)


@pytest.fixture
def known(alice, bob, carol, daily_papers) -> dict[str, str]:
    """An address of each kind."""
    for name, reason in (("dave", "bounced"), ("dora", "manual")):
        Suppression.objects.create(address_key=address_key(f"{name}@example.org"), reason=reason)
    subscribe("asked@example.org", daily_papers, "en")
    return {
        "new": "new@example.org",
        "asked a moment ago": "asked@example.org",
        "pending": "bob@example.org",
        "confirmed": "alice@example.org",
        "left": "carol@example.org",
        "suppressed": "dave@example.org",
        "suppressed by an editor": "dora@example.org",
        "nowhere": "odd@no-such-place.org",
    }


@each_page
def test_the_answer_is_the_same_whatever_is_known_of_the_address(door, known):
    answers = [door(network(0), address) for address in known.values()]

    said = {
        (answer.status_code, answer.content, str(sorted(answer.headers.items())))
        for answer in answers
    }
    assert [status for status, _, _ in said] == [202 if door is by_api else 200]


@each_page
def test_the_database_is_asked_the_same_whatever_is_known_of_the_address(door, known):
    door(network(0), "first@example.org")  # the words are kept, and the network is counted

    counts = {}
    for kind, address in known.items():
        with CaptureQueriesContext(connection) as asked:
            door(network(0), address)
        writes = [each["sql"].split()[0] for each in asked if "newsletter_" in each["sql"]]
        counts[kind] = sorted(writes)

    assert len({str(statements) for statements in counts.values()}) == 1
    assert counts["new"].count("INSERT") == (1 if door is by_lost_link else 4)


def rows() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in (Subscription, Notice)]


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["%00", "nothing", "weekly-papers"])
def test_there_is_no_way_in_to_what_takes_no_readers(client, slug):
    body = {"newsletter": unquote(slug)}

    assert client.get(f"/subscribe/?newsletter={slug}").status_code == 404
    assert client.post("/subscribe/", body).status_code == 404


def test_what_was_done_to_look_the_same_is_undone(known, alice):
    before = rows()

    for door in DOORS:
        for kind in ("asked a moment ago", "confirmed"):
            door(network(0), known[kind])

    assert rows() == before


@pytest.mark.django_db
def test_one_victim_named_at_every_door_from_everywhere_gets_one_mail(daily_papers):
    for number in range(300):
        answer = DOORS[number % 3](network(number), VICTIM)
        assert answer.status_code in (200, 202)
        if number % 10 == 0:
            send_due_notices()

    assert [message.to for message in mail.outbox] == [[VICTIM]]


def test_a_flood_of_requests_for_one_victim_is_one_mail_that_asks(daily_papers):
    for _ in range(1_000):
        subscribe(VICTIM, daily_papers, "en")

    send_due_notices()
    assert (Notice.objects.count(), len(mail.outbox)) == (1, 1)


def test_requests_at_once_for_several_newsletters_are_one_mail_that_asks(transactional_db):
    newsletters = [make_newsletter(name=f"N{number}") for number in range(8)]
    Subscriber.objects.create(email=VICTIM)  # nobody waits for who makes it

    def work(newsletter: Newsletter) -> None:
        try:
            subscribe(VICTIM, newsletter, "en")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as many:
        list(many.map(work, newsletters * 5))

    assert Notice.objects.count() == 1


def test_who_asks_while_they_are_erased_or_forgotten_is_a_new_reader(transactional_db):
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    long_ago = timezone.now() - timedelta(days=8)

    def work(number: int) -> None:
        try:
            if number % 3 == 0:
                subscribe(VICTIM, newsletter, "en")
            elif number % 3 == 1:
                Subscription.objects.filter(state="pending").update(
                    confirmation_requested_at=long_ago
                )
                forget_unconfirmed()
            elif reader := Subscriber.objects.filter(email=VICTIM).first():
                with suppress(Subscriber.DoesNotExist):
                    erase(reader)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as many:
        list(many.map(work, range(120)))

    assert not Subscription.objects.filter(state="pending", subscriber__email="").exists()
    assert not Notice.objects.filter(subscription__subscriber__email="").exists()


def test_requests_that_come_at_once_are_one_mail_that_asks(transactional_db):
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)

    def work(number: int) -> None:
        try:
            subscribe(VICTIM, newsletter, "en")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as many:
        list(many.map(work, range(80)))

    assert (Subscription.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_many_victims_get_no_more_mails_than_an_hour_allows(daily_papers, settings):
    settings.CONFIRMATIONS_AN_HOUR = 20
    for number in range(120):
        DOORS[number % 3](network(number // 10), f"victim@example{number}.org")
        if number % 20 == 0:
            send_due_notices()

    assert len(mail.outbox) == 20


@each_door
def test_while_busy_no_answer_says_who_is_known_either(door, known, settings):
    settings.PROOF_OF_WORK, settings.CONFIRMATIONS_AN_HOUR = True, 1
    take("asking", 1, HOUR, clock.now())
    ask = partial(door, network(0))

    answers = [ask(address).text.replace(address, "") for address in known.values()]

    assert [answer.count("PBKDF2/SHA-256") for answer in answers] == [1] * len(known)
    assert len({OWN_TO_EACH.sub("", answer) for answer in answers}) == 1


@each_door
def test_no_worker_is_called_while_nobody_may_be_asked(
    door, settings, db, daily_papers, django_capture_on_commit_callbacks
):
    settings.CONFIRMATIONS_AN_HOUR = 1

    with django_capture_on_commit_callbacks() as before:
        door(network(0), "dana@example.org")
    send_due_notices()
    with django_capture_on_commit_callbacks() as after:
        door(network(1), "emi@example.org")

    assert (len(before), len(after)) == (1, 0)
    assert Notice.objects.filter(sent_at=None).count() == 1
