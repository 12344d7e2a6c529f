import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.admin import subscribers
from newsletter.models import AuditEntry, Subscription
from tests.desk import filled_form
from tests.factories import make_editor, make_subscription

LIST = "/admin/newsletter/subscription/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor(is_superuser=True))
    return client


def shown(response):
    return [row.subscriber.email for row in response.context["cl"].result_list]


def test_pages_follow_each_other_newest_first_with_nobody_twice(desk):
    readers = [make_subscription().subscriber.email for _ in range(120)]

    pages = [shown(desk.get(f"{LIST}?p={number}")) for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [50, 50, 20]
    assert [email for page in pages for email in page] == readers[::-1]


@pytest.mark.parametrize("way", ["", "?p=2", "?state__exact=confirmed", "?q=reader"])
def test_the_list_asks_for_few_things_however_many_readers_there_are(
    desk, way, django_assert_max_num_queries
):
    for _ in range(120):
        make_subscription()

    with django_assert_max_num_queries(7):
        assert len(shown(desk.get(f"{LIST}{way}"))) >= 20


@pytest.mark.parametrize("typed", ["alice", "ALICE@", "alice@example.org", "@example.ORG"])
def test_a_reader_is_found_by_the_beginning_of_an_address_and_by_its_domain(desk, alice, typed):
    make_subscription("bob@malice.example")

    assert shown(desk.get(f"{LIST}?q={typed}")) == ["alice@example.org"]
    assert shown(desk.get(f"{LIST}?q={typed[1:-1]}")) == []


@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_beginning_that_many_have_finds_them_all_the_newest_first(desk, monkeypatch, most):
    monkeypatch.setattr(subscribers, "MOST_LOOKED_UP", most)
    for email in ("alma@example.org", "bob@example.org", "alba@example.org"):
        make_subscription(email)

    assert shown(desk.get(f"{LIST}?q=al")) == ["alba@example.org", "alma@example.org"]


def test_the_list_neither_counts_nor_sorts_all_readers(desk, alice, bob):
    with CaptureQueriesContext(connection) as queries:
        desk.get(f"{LIST}?o=1&language=ko")

    asked = [each["sql"] for each in queries if '"newsletter_subscription"' in each["sql"]]
    assert len(asked) == 1
    assert 'ORDER BY "newsletter_subscription"."id" DESC LIMIT' in asked[0]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("state__exact=pending", ["bob@example.org"]),
        ("language=en", ["emma@example.org"]),
        ("state__exact=unsubscribed", ["carol@example.org"]),
    ],
)
@pytest.mark.usefixtures("alice", "bob", "carol", "emma")
def test_readers_are_filtered_by_state_and_language(desk, wanted, found):
    assert shown(desk.get(f"{LIST}?{wanted}")) == found


def test_the_desk_changes_a_readers_language_and_never_the_state(desk):
    subscription = make_subscription("dana@example.org", language="ko")
    url = f"{LIST}{subscription.pk}/change/"

    form = filled_form(desk, url, "subscription_form")
    desk.post(url, form | {"language": "en", "state": "unsubscribed"})

    subscription.refresh_from_db()
    assert (subscription.language, subscription.state) == ("en", Subscription.State.CONFIRMED)


def test_what_the_desk_notes_of_a_change_holds_no_address(desk, alice):
    url = f"{LIST}{alice.pk}/change/"

    page = desk.get(url).content.decode()
    desk.post(url, filled_form(desk, url, "subscription_form") | {"language": "en"})

    assert "alice@example.org" in page
    (noted,) = AuditEntry.objects.all()
    assert noted.thing == f"독자 {alice.subscriber_id} · Daily Papers"
    assert "@" not in noted.message


def test_no_subscription_is_deleted_or_added_by_hand(desk, alice):
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.get(f"{LIST}{alice.pk}/delete/").status_code == 403
