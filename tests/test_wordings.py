"""Words of consent: kept once, and for as long as an act refers to them."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from newsletter import consent
from newsletter.consent import Origin
from newsletter.known import erase
from newsletter.models import Agreement, Consent, Wording
from newsletter.tasks import follow_up_requests
from tests.doors import by_api, network
from tests.factories import make_subscription
from tests.moving import Side, ask, link

pytestmark = pytest.mark.django_db

WORDS = Origin(Consent.Source.API, wording="Mail me.", language="en")


def make_old() -> None:
    Wording.objects.update(used_at=timezone.now() - timedelta(hours=25))


def texts() -> list[str]:
    return list(Wording.objects.values_list("text", flat=True))


def note(subscription) -> None:
    consent.note(subscription, Consent.Act.ASKED, WORDS, timezone.now())


def test_words_go_a_day_after_the_last_who_agreed_to_them(alice, emma):
    for reader in (alice, emma):
        note(reader)
    make_old()

    erase(alice.subscriber)
    follow_up_requests()
    with_one_reader = texts()
    erase(emma.subscriber)
    follow_up_requests()

    assert (with_one_reader, texts()) == (["Mail me."], [])


def test_words_stay_for_a_day_without_anybody(db):
    Wording.of("en", "Mail me.")

    Wording.objects.update(used_at=timezone.now() - timedelta(hours=23))
    follow_up_requests()

    assert texts() == ["Mail me."]


def test_words_beside_the_button_of_a_move_stay_with_it(client, emma):
    ask(client, emma)
    client.post(link(Side.OLD))
    make_old()

    Wording.forget_unused()

    assert Agreement.objects.get().wording.text in texts()


def test_words_that_are_used_again_stay_for_another_day(db):
    Wording.of("en", "Mail me.")
    make_old()

    Wording.of("en", "Mail me.")
    Wording.forget_unused()

    assert texts() == ["Mail me."]


def test_words_that_anybody_sent_tell_nobody_who_is_known(alice):
    for address in (alice.subscriber.email, "new@example.org"):
        by_api(network(0), address)
    counts = []
    for address in (alice.subscriber.email, "newer@example.org"):
        network(1).post(
            "/api/subscribe/",
            {"email": address, "language": "en", "wording": f"Mail {len(counts)}"},
            content_type="application/json",
        )
        counts.append(len(texts()))

    assert counts == [1, 2]


def test_whoever_uses_words_while_they_are_forgotten_has_them(transactional_db):
    reader = make_subscription()
    for _ in range(15):
        Consent.objects.all().delete()
        Wording.of("en", "Mail me.")
        make_old()
        at_once(lambda: note_whole(reader), Wording.forget_unused)

        assert Consent.objects.get().wording.text == "Mail me."


def note_whole(reader) -> None:
    with transaction.atomic():
        note(reader)


def at_once(*works) -> None:
    start = threading.Barrier(len(works))

    def run(work) -> None:
        try:
            start.wait()
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
