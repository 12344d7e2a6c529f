from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.ahead import Wanting, editions_ahead, wanting
from newsletter.models import Newsletter
from papers.models import Summary
from tests.factories import DAY, make_edition, make_newsletter, make_paper

pytestmark = pytest.mark.django_db


def at(hours):
    return timezone.now() + timedelta(hours=hours)


def test_editions_stand_in_the_order_in_which_they_leave_and_those_without_a_time_last(
    daily_papers,
):
    old = make_edition(date=DAY - timedelta(days=9))
    by_hand = make_edition(date=DAY)
    later = make_edition(date=DAY + timedelta(days=2), not_before=at(30))
    soon = make_edition(date=DAY + timedelta(days=1), not_before=at(6))
    make_edition(date=DAY + timedelta(days=3), state="cancelled")
    make_edition(make_newsletter())

    assert editions_ahead([daily_papers]) == {daily_papers.pk: [soon, later, by_hand, old]}


def test_a_paper_wants_a_summary_in_each_language_and_a_look_when_it_is_withdrawn(daily_papers):
    titles = ["Alpha", "Beta", "Gamma", "Delta"]
    papers = [make_paper(title=title) for title in titles]
    edition = make_edition(papers=papers)
    Summary.objects.filter(paper=papers[0], language="en").delete()
    blank = {"whats_new": "", "technical_details": "", "performance_highlights": ""}
    Summary.objects.filter(paper=papers[2]).update(**blank)
    papers[3].withdrawn_at = timezone.now()
    papers[3].save()

    assert wanting([edition]) == {
        edition.pk: [
            Wanting("Alpha", ("en",), is_withdrawn=False),
            Wanting("Gamma", ("ko", "en"), is_withdrawn=False),
            Wanting("Delta", (), is_withdrawn=True),
        ]
    }


def test_a_paper_that_was_taken_out_wants_nothing(daily_papers):
    edition = make_edition()
    Summary.objects.all().delete()
    edition.entries.update(hidden=True)

    assert wanting([edition]) == {}


def test_many_newsletters_take_as_few_queries_as_one(daily_papers, django_assert_num_queries):
    for _ in range(9):
        make_edition(make_newsletter(), papers=2)
    newsletters = list(Newsletter.objects.all())

    with django_assert_num_queries(3):
        ahead = editions_ahead(newsletters)
        wanting([edition for editions in ahead.values() for edition in editions])
