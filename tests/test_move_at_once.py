"""Changes of address by several at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.consent import MAIL
from newsletter.deliver import begin, ledger
from newsletter.deliver.journal import open_journal
from newsletter.models import AddressChange, Notice, Subscription
from newsletter.move import agree, ask_to_move
from newsletter.subscribe import subscribe
from tests.factories import make_channel, make_edition, make_subscription
from tests.moving import NEW, Side, addresses, link


def pressed_at_once(urls: list[str]) -> list[str]:
    """What as many browsers are answered who press at the same moment."""

    def press(url: str) -> str:
        try:
            return Client().post(url).text
        finally:
            connection.close()

    with ThreadPoolExecutor(len(urls)) as browsers:
        return list(browsers.map(press, urls))


def test_two_who_press_at_once_move_it_once(transactional_db, emma):
    for number in range(5):
        email = f"emma{number}@example.net"
        ask_to_move(emma, email)
        Notice.objects.all().delete()

        answers = pressed_at_once([link(side, email) for side in Side] * 2)

        assert addresses() == {email}
        assert any("It has moved." in each for each in answers)
        assert emma.consents.count() == 2 * (number + 1)


def test_whoever_subscribes_at_the_moment_of_the_move_is_one_reader(transactional_db, emma):
    newsletter = emma.newsletter
    for number in range(5):
        email = f"emma{number}@example.net"
        ask_to_move(emma, email)
        Notice.objects.all().delete()
        change = AddressChange.objects.get()
        agree(change, Side.OLD, MAIL)

        with ThreadPoolExecutor(2) as both:
            jobs = [
                both.submit(closing, agree, change, Side.NEW, MAIL),
                both.submit(closing, subscribe, email, newsletter, "en"),
            ]
        for job in jobs:
            job.result()

        assert addresses() == {email}
        assert list(Subscription.objects.mailable()) == [emma]


def closing(do, *args):
    try:
        do(*args)
    finally:
        connection.close()


def test_what_is_claimed_for_the_new_address_at_the_moment_of_the_move_comes_once(
    transactional_db, emma
):
    other = make_subscription(NEW)
    edition = approve_edition(make_edition())
    begin(edition)
    mine = edition.deliveries.filter(subscriber=emma.subscriber)
    mine.update(not_before=timezone.now() + timedelta(hours=1))
    channel, is_claimed = make_channel(), Event()
    ask_to_move(emma, NEW)
    change = AddressChange.objects.get()
    agree(change, Side.OLD, MAIL)

    def claim():
        with transaction.atomic():
            journal = open_journal()
            ledger.claim(edition, channel, 10, "sender", journal)
            is_claimed.set()
            time.sleep(0.5)  # the other press comes before the commit
        journal.close()

    with ThreadPoolExecutor(2) as both:
        claiming = both.submit(closing, claim)
        assert is_claimed.wait(10)
        both.submit(closing, agree, change, Side.NEW, MAIL).result()
        claiming.result()

    assert dict(edition.deliveries.values_list("subscriber", "state")) == {
        emma.subscriber_id: "suppressed",
        other.subscriber_id: "sending",
    }
