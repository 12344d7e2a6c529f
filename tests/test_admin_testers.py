from datetime import UTC, datetime

import pytest
import time_machine

from tests.desk import desk_url, filled_form, said
from tests.factories import make_edition, make_editor, make_tester

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


def test_the_testers_are_mailed_an_edition_once_a_minute_whatever_is_saved(desk, daily_papers):
    make_tester(daily_papers, "dana@testers.example")
    edition = make_edition(daily_papers)
    url = desk_url(edition)

    told = []
    with time_machine.travel(datetime(2024, 7, 3, 21, 30, tzinfo=UTC)):
        for note in ("Read this.", "Read this first."):
            form = filled_form(desk, url) | {"_then": "testers", "entries-0-note": note}
            answer = desk.post(desk.post(url, form).url, form)
            told.append(said(answer)[-1])

    assert ["방금" in text for text in told] == [False, True]
