from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_member, make_paper
from tests.mending import make_flagged_summary, make_receipt

LIST = reverse("admin:papers_receipt_changelist")
pytestmark = pytest.mark.django_db


@pytest.fixture
def model(settings):
    settings.LLM_MODELS = [{"provider": "openai", "name": "large"}]
    settings.LLM_BUDGET = 2


def test_the_list_says_what_today_has_cost_of_what_it_may(desk, model):
    make_receipt(make_paper(), cost_usd="0.5")
    make_receipt(make_paper(), cost_usd="0.25")
    make_receipt(make_paper(), cost_usd="9", asked_at=timezone.now() - timedelta(days=1))

    page = desk.get(LIST).content.decode()

    assert "$0.7500" in page and "$2.00" in page


def test_without_a_model_the_list_says_so(desk):
    assert "언어 모델을 설정하지 않았습니다" in desk.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?state__exact=blocked", 1),
        ("?model=house:small", 1),
        ("?model=nobody", 0),
        (f"?day={timezone.now().date()}", 2),
        ("?day=2024-07-03", 1),
        ("?day=nonsense", 3),
        ("?q=2407.99999", 1),
        ("?q=2407", 0),
    ],
)
def test_they_are_found_by_state_model_day_and_paper(desk, query, count):
    make_receipt(make_paper(), state="blocked")
    make_receipt(make_paper(), model="house:small")
    then = datetime(2024, 7, 3, 23, 59, tzinfo=UTC)
    make_receipt(make_paper(canonical_id="2407.99999"), asked_at=then)

    assert len(desk.get(LIST + query).context["cl"].result_list) == count


def test_the_list_takes_as_few_queries_for_many_and_counts_nothing(desk, model):
    def queries():
        desk.get(LIST)
        with CaptureQueriesContext(connection) as found:
            assert desk.get(LIST).status_code == 200
        return [each["sql"] for each in found]

    make_receipt(make_paper())
    few = queries()
    for _ in range(60):
        make_receipt(make_paper())
    many = queries()

    assert len(few) == len(many) <= 8
    assert not any("COUNT(" in sql for sql in many)
    assert not any('"answer"' in sql for sql in many)


def test_a_receipt_says_what_was_read_and_what_its_summary_came_to(desk):
    summary = make_flagged_summary(verdict="review")

    page = desk.get(reverse("admin:papers_receipt_change", args=[summary.receipt_id]))

    said = page.content.decode()
    for expected in ["초록", str(summary.source_length), summary.source_sha256[:12], "house:large"]:
        assert expected in said
    assert reverse("admin:papers_summary_change", args=[summary.pk]) in said


def test_who_may_not_look_at_summaries_sees_no_receipt(client):
    client.force_login(make_member(""))

    assert client.get(LIST).status_code == 403
