"""An edition's pages ask the database as often for thirty papers as for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.models import Change
from papers.revise import PARTS
from tests.factories import DAY, make_edition, make_editor, make_paper, make_summary
from tests.mending import CLAIMS, make_flagged_summary, make_receipt

WORDS = dict.fromkeys(PARTS, "It is.")
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor(is_superuser=True))
    return client


def edition_of(count, day):
    """With a note on each paper."""
    edition = make_edition(papers=count, date=DAY.replace(day=day))
    for entry in edition.entries.all():
        note = {"kind": "note", "before": "", "after": "Read it.", "paper": entry.paper}
        Change.objects.create(edition=edition, version=1, **note)
        entry.paper.summaries.first().revisions.create(before=WORDS, after=WORDS)
    return edition


def query_count(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("part", "args", "most"),
    [
        ("change", [], 40),
        ("history", [], 12),
        ("preflight", [], 24),
        ("preview", ["ko"], 12),
        ("preview_text", ["ko"], 12),
        ("preview_inbox", ["ko"], 12),
        ("preview_weight", ["ko"], 12),
    ],
)
def test_a_page_of_many_papers_takes_as_few_queries_as_one_of_few(desk, part, args, most):
    few, many = edition_of(3, 3), edition_of(30, 4)

    counts = [
        query_count(desk, reverse(f"admin:newsletter_edition_{part}", args=[edition.pk, *args]))
        for edition in (few, many)
    ]

    assert counts[0] == counts[1] <= most


def test_a_summary_that_was_rewritten_often_takes_as_few_queries(desk):
    summary = make_summary(make_paper())
    url = reverse("admin:papers_summary_change", args=[summary.pk])
    before = query_count(desk, url)
    for _ in range(20):
        summary.revisions.create(before=WORDS, after=WORDS)

    assert query_count(desk, url) == before


def test_a_summary_of_many_claims_and_receipts_takes_as_few_queries(desk):
    summary = make_flagged_summary()
    url = reverse("admin:papers_summary_change", args=[summary.pk])
    before = query_count(desk, url)
    summary.claims = [claim | {"quote": f"Sentence {n}."} for n in range(30) for claim in CLAIMS]
    summary.save()
    for _ in range(20):
        make_receipt(summary.paper, summary.receipt.reading)

    assert query_count(desk, url) == before <= 24
