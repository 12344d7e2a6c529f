"""The audit trail at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter import audit
from newsletter.audit import Act
from newsletter.models import AuditEntry
from tests.factories import make_edition, make_editor, make_member, make_newsletter

LIST = "/en/admin/newsletter/auditentry/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_member("viewer"))
    return client


@pytest.fixture
def edition(db):
    return make_edition()


@pytest.fixture
def trail(edition):
    """Kim approved an edition and signed in, Lee held it and mistyped, and a newsletter changed."""
    kim, lee = make_editor("kim"), make_editor("lee")
    entries = [
        audit.write(None, kim, "approve", edition, "Approve"),
        audit.write(None, kim, Act.SIGNED_IN),
        audit.write(None, lee, "hold", edition, "Put on hold", "A picture is wrong."),
        audit.write(None, lee, Act.SIGN_IN_FAILED),
        audit.write(None, None, Act.CHANGED, make_newsletter()),
    ]
    return {"kim": kim, "lee": lee, "entries": entries}


def acts(response):
    return [entry.act for entry in response.context["cl"].result_list]


def test_the_newest_stand_first(desk, trail):
    newest_first = ["changed", "sign_in_failed", "hold", "signed_in", "approve"]

    assert acts(desk.get(LIST)) == newest_first


def test_it_is_filtered_by_person(desk, trail):
    assert acts(desk.get(f"{LIST}?editor={trail['kim'].pk}")) == ["signed_in", "approve"]
    assert acts(desk.get(f"{LIST}?editor=x")) == acts(desk.get(LIST))


def test_somebody_whose_account_is_gone_is_found_by_name(desk, trail):
    trail["kim"].delete()

    assert acts(desk.get(f"{LIST}?q=kim")) == ["signed_in", "approve"]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("failed", ["sign_in_failed"]),
        ("signing_in", ["signed_in"]),
        ("done", ["changed", "hold", "approve"]),
    ],
)
def test_it_is_filtered_by_kind_of_act(desk, trail, what, expected):
    assert acts(desk.get(f"{LIST}?what={what}")) == expected


def test_it_is_filtered_by_thing(desk, trail, edition):
    assert acts(desk.get(f"{LIST}?thing=newsletter.edition")) == ["hold", "approve"]
    assert acts(desk.get(f"{LIST}?thing=newsletter.edition/{edition.pk}")) == ["hold", "approve"]
    assert acts(desk.get(f"{LIST}?thing=newsletter.edition/0")) == []
    assert acts(desk.get(f"{LIST}?thing=nonsense")) == []


def test_a_thing_in_it_leads_to_all_that_was_done_to_it(desk, trail, edition):
    page = desk.get(LIST).content.decode()

    assert f'href="{LIST}?thing=newsletter.edition/{edition.pk}"' in page


def test_the_history_of_a_thing_is_its_part_of_the_trail(desk, trail, edition):
    page = desk.get(f"/en/admin/newsletter/edition/{edition.pk}/history/").content.decode()

    assert "Put on hold" in page and "A picture is wrong." in page and "lee" in page
    assert "wrong name or password" not in page
    assert f"{LIST}?thing=newsletter.edition%2F{edition.pk}" in page


def test_an_editor_reads_the_history_of_an_edition_and_not_the_trail(client, trail, edition):
    client.force_login(make_member("editor"))

    page = client.get(f"/en/admin/newsletter/edition/{edition.pk}/history/").content.decode()

    assert "Put on hold" in page
    assert LIST not in page
    assert client.get(LIST).status_code == 403


def test_nobody_writes_in_it_or_takes_from_it(client, trail):
    client.force_login(make_editor("chief", is_superuser=True))
    url = f"{LIST}{trail['entries'][0].pk}"
    before = AuditEntry.objects.values()[:]

    answers = [
        client.post(f"{LIST}add/").status_code,
        client.post(f"{url}/change/", {"reason": "x"}).status_code,
        client.post(f"{url}/delete/", {"post": "yes"}).status_code,
        client.post(LIST, {"action": "delete_selected", "_selected_action": ["1"]}).status_code,
    ]

    assert answers == [403, 403, 403, 403]
    assert list(AuditEntry.objects.values()) == list(before)
    assert (
        "A picture is wrong."
        in client.get(f"{LIST}{trail['entries'][2].pk}/change/").content.decode()
    )


def test_the_list_counts_nothing_and_asks_no_more_the_longer_it_is(desk, trail, edition):
    desk.get(LIST)
    counts, asked = [], []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counts.append(len(queries))
        asked += [query["sql"] for query in queries if "newsletter_auditentry" in query["sql"]]
        for _ in range(40):
            audit.write(None, trail["kim"], "approve", edition)

    assert counts[0] == counts[1]
    assert not [sql for sql in asked if "COUNT(" in sql]
