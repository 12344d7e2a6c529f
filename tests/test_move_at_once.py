"""Changes of address by several at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.test import Client

from newsletter.consent import MAIL
from newsletter.models import (
    AddressChange,
    Notice,
    Subscription,
)
from newsletter.move import agree, ask_to_move
from newsletter.subscribe import subscribe
from tests.moving import Side, addresses, link


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
