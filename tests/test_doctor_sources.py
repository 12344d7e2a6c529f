from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.doctor import sources
from papers.models import Pull
from tests.doctor import facts, found

pytestmark = pytest.mark.django_db


def pulled(attempted, succeeded=None, problem="", ago=0):
    """Hours ago, of a list of so many days ago."""
    now = timezone.now()
    return Pull.objects.create(
        source="huggingface",
        date=now.date() - timedelta(days=ago),
        attempted_at=now - timedelta(hours=attempted),
        succeeded_at=None if succeeded is None else now - timedelta(hours=succeeded),
        problem=problem,
    )


def test_a_source_that_was_never_asked_has_no_papers(daily_papers):
    assert found(sources.sources) == [("source-never-asked", "warning")]


def test_a_source_that_was_just_read_is_well(daily_papers):
    pulled(0.2, 0.2)
    pulled(40, 40, ago=2)

    assert found(sources.sources) == []


def test_a_source_that_nobody_asks_any_more_is_said_to(daily_papers):
    pulled(5.5, 5.5)

    assert found(sources.sources) == [("source-unasked", "warning")]
    assert facts(sources.sources) == [{"source": "huggingface", "hours": 5}]


def test_a_source_that_fails_for_a_day_stops_the_next_edition(daily_papers):
    pull = pulled(0.2, 23, problem="HTTP 503\nand more")
    for_hours = found(sources.sources)
    Pull.objects.filter(pk=pull.pk).update(succeeded_at=timezone.now() - timedelta(hours=26.5))

    assert for_hours == [("source-problem", "warning")]
    assert found(sources.sources) == [("source-unread", "stop")]
    assert facts(sources.sources) == [{"source": "huggingface", "hours": 26, "problem": "HTTP 503"}]


def test_a_source_that_no_newsletter_in_print_reads_is_not_looked_at(daily_papers):
    daily_papers.is_active = False
    daily_papers.save()

    assert found(sources.sources) == []
