"""The list of editions tells how each stands, in as few queries for many as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.models import Edition
from tests.factories import (
    DAY,
    make_delivery,
    make_done_edition,
    make_edition,
    make_editor,
    make_leaving_edition,
    make_slice,
)

LIST = "/en/admin/newsletter/edition/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def make_editions_on_their_way(*days):
    for day in days:
        edition = make_leaving_edition(date=DAY + timedelta(days=day), audience_count=4)
        part = make_slice(edition, size=3, accepted_count=2)
        make_delivery(edition)
        for state in ("accepted", "accepted", "in_doubt"):
            make_delivery(edition, part=part, state=state)


def readers_in(page):
    return [row.balance and row.balance.accepted for row in page.context["cl"].result_list]


def test_each_says_how_many_have_it_and_a_draft_says_nothing(desk, alice, emma):
    make_done_edition()
    make_editions_on_their_way(1)
    make_edition(date=DAY + timedelta(days=2))

    page = desk.get(LIST)

    assert readers_in(page) == [None, 2, 2]
    assert "2 of 4 sent, 1 in doubt" in page.content.decode()
    assert "2 of 2 sent" in page.content.decode()


def test_several_on_their_way_take_as_few_queries_as_one(desk, daily_papers):
    counts = []
    for days in ([1], [2, 3, 4, 5]):
        make_editions_on_their_way(*days)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(LIST)
        counts.append(len(queries))

    assert Edition.objects.count() == 5
    assert readers_in(page) == [2] * 5
    assert counts[0] == counts[1] <= 14
