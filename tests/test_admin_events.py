"""What others say of our mails, at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import Callback, Delivery, DeliveryEvent
from tests.desk import desk_url
from tests.factories import make_delivery, make_editor, make_leaving_edition, make_slice

LIST = "/admin/newsletter/deliveryevent/"
CALLS = "/admin/newsletter/callback/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


@pytest.fixture
def mail(alice):
    edition = make_leaving_edition()
    return make_delivery(edition, alice, part=make_slice(edition), state=Delivery.State.ACCEPTED)


def tell(mail, kind, number=1):
    return DeliveryEvent.objects.create(
        provider="ses",
        event_id=f"{kind} {number}",
        kind=kind,
        code="5.1.1",
        happened_at=timezone.now(),
        received_at=timezone.now(),
        delivery=mail,
        edition=mail.edition,
        address_key=mail.address_key,
    )


def test_events_are_found_by_the_whole_address(desk, mail):
    event = tell(mail, "hard")

    found = desk.get(f"{LIST}?q=Alice@example.org").context["cl"].result_list

    assert list(found) == [event]


@pytest.mark.parametrize(("chosen", "count"), [("", 2), ("?kind=all", 4), ("?kind=delivered", 1)])
def test_what_arrived_is_not_in_the_way_of_what_did_not(desk, mail, chosen, count):
    for kind in ("hard", "complained", "delivered", "other"):
        tell(mail, kind)

    assert len(desk.get(f"{LIST}{chosen}").context["cl"].result_list) == count


def test_all_events_of_an_edition_stand_by_their_kind(desk, mail):
    for kind in ("soft", "delivered", "hard"):
        tell(mail, kind)

    page = desk.get(f"{LIST}?edition__id__exact={mail.edition_id}&kind=all")

    kinds = [each.kind for each in page.context["cl"].result_list]
    assert kinds == ["delivered", "hard", "soft"]


def test_an_event_outlives_its_delivery(desk, mail):
    event = tell(mail, "hard")
    mail.delete()

    page = desk.get(f"{LIST}{event.pk}/change/")

    assert (page.status_code, desk.get(LIST).status_code) == (200, 200)


def test_nobody_writes_events_by_hand(desk, mail):
    event = tell(mail, "hard")

    answers = [
        desk.post(f"{LIST}add/").status_code,
        desk.post(f"{LIST}{event.pk}/change/", {"kind": "other"}).status_code,
        desk.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}).status_code,
    ]

    assert answers == [403] * 3


def test_an_edition_tells_what_came_back_of_it_once_a_mail(desk, mail):
    for number in range(2):
        tell(mail, "hard", number)
    tell(mail, "delivered")

    page = desk.get(desk_url(mail.edition)).content.decode()

    assert "영구 반송: 1." in page
    assert f"{LIST}?edition__id__exact={mail.edition_id}" in page.replace("&amp;", "&")


def test_a_call_that_nobody_could_read_is_shown_as_text(desk):
    callback = Callback.objects.create(
        provider="ses", body=b"<script>alert(1)</script>\xff", received_at=timezone.now()
    )

    page = desk.get(f"{CALLS}{callback.pk}/change/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_no_list_reads_the_whole_table_for_its_filters_or_what_it_does_not_show(desk, mail):
    tell(mail, "hard")
    Callback.objects.create(provider="ses", body=b"{}", received_at=timezone.now())

    with CaptureQueriesContext(connection) as asked:
        page = desk.get(f"{LIST}?provider=ses")
        calls = desk.get(CALLS)

    shown = [len(each.context["cl"].result_list) for each in (page, calls)]
    queries = [query["sql"] for query in asked]
    assert shown == [1, 1]
    assert [sql for sql in queries if "DISTINCT" in sql or '"body"' in sql] == []
