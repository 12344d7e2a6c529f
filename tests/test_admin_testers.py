from datetime import UTC, datetime

import pytest

from tests.desk import filled_form
from tests.factories import make_editor, make_tester

LIST = "/admin/newsletter/tester/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor(is_superuser=True))
    return client


def test_a_tester_is_added_with_a_language_or_with_each(desk, daily_papers):
    url = f"{LIST}add/"
    form = filled_form(desk, url, "tester_form") | {"newsletter": str(daily_papers.pk)}

    desk.post(url, form | {"email": "dana@testers.example", "language": "en"})
    desk.post(url, form | {"email": "min@testers.example"})

    rows = daily_papers.testers.values_list("email", "language")
    assert list(rows) == [("dana@testers.example", "en"), ("min@testers.example", "")]


def test_an_address_is_a_newsletters_tester_once(desk, daily_papers):
    url = f"{LIST}add/"
    form = filled_form(desk, url, "tester_form")
    form |= {"newsletter": str(daily_papers.pk), "email": "dana@testers.example"}

    for _ in range(2):
        desk.post(url, form)

    assert daily_papers.testers.count() == 1


def test_the_list_says_what_became_of_the_last_proof(desk, daily_papers):
    make_tester(
        daily_papers,
        "dana@testers.example",
        proofed_at=datetime(2024, 7, 3, 21, 30, tzinfo=UTC),
        proof_answer="550 5.1.1",
    )

    page = desk.get(f"/en{LIST}").content.decode()

    assert "2024-07-03 21:30 UTC" in page
    assert "550 5.1.1" in page
    assert "each language" in page
