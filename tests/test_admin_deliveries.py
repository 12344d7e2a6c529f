import pytest
from django.utils import timezone

from newsletter.models import Delivery
from tests.factories import make_edition, make_editor

LIST = "/admin/newsletter/delivery/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor(is_superuser=True))
    return client


@pytest.fixture
def ledger(alice, emma):
    """Alice's was accepted, Emma's is in doubt."""
    edition = make_edition()
    now = timezone.now()
    rows = [
        (alice, {"state": "accepted", "accepted_at": now}),
        (emma, {"state": "in_doubt", "in_doubt_at": now, "doubt_reason": "the sender died"}),
    ]
    return [
        Delivery.objects.create(
            edition=edition,
            subscriber=reader.subscriber,
            rendition=edition.renditions.get(language=reader.language),
            address_key=reader.subscriber.address_key,
            not_before=now,
            **fields,
        )
        for reader, fields in rows
    ]


def shown(response):
    return [row.subscriber.email for row in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", ["emma@example.org", "alice@example.org"]),
        ("?state__exact=accepted", ["alice@example.org"]),
        ("?doubt=any", ["emma@example.org"]),
        ("?doubt=assumed_sent", []),
        ("?q=alice@example.org", ["alice@example.org"]),
    ],
)
def test_deliveries_are_found_by_state_doubt_and_address(desk, ledger, wanted, found):
    assert shown(desk.get(f"{LIST}{wanted}")) == found


def test_the_list_says_why_a_delivery_is_in_doubt(desk, ledger):
    assert "the sender died" in desk.get(LIST).content.decode()


def test_nobody_writes_in_the_ledger_by_hand(desk, ledger):
    url = f"{LIST}{ledger[0].pk}"

    answers = [
        desk.get(f"{LIST}add/").status_code,
        desk.post(f"{url}/change/", {"state": "pending"}).status_code,
        desk.post(f"{url}/delete/", {"post": "yes"}).status_code,
    ]

    assert answers == [403, 403, 403]
    assert "alice@example.org" in desk.get(f"{url}/change/").content.decode()
