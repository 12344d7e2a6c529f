"""Verdicts of stored summaries: kept with them, and judged anew when words or source changed."""

from datetime import date, timedelta
from time import monotonic

import pytest
from django.utils import timezone

from papers.models import Paper, Reading, Summary, Verdict
from papers.revise import revise
from papers.summarise import pool
from papers.summarise.judging import judgement_of, keep_judgement, keep_lapsed
from papers.summarise.pool import KEPT, pool_around, todays_pool
from tests.factories import make_editor, make_listing, make_paper, make_summary

pytestmark = pytest.mark.django_db
INVENTED = "Transformer self-attention feed-forward BERT ImageNet GAN WMT."


def kept(**fields) -> Summary:
    summary = make_summary(make_paper(), **fields)
    keep_judgement(summary)
    summary.save()
    return Summary.objects.select_related("paper").get(pk=summary.pk)


def test_a_kept_verdict_costs_no_query(django_assert_num_queries):
    summary = kept(whats_new=INVENTED)

    with django_assert_num_queries(0):
        found = judgement_of(summary)

    assert found.verdict is Verdict.BLOCK
    assert "Transformer" in found.findings[0].sentence


def test_one_that_was_never_judged_costs_no_query_either(django_assert_num_queries):
    summary = make_summary(make_paper(), whats_new=INVENTED)

    with django_assert_num_queries(0):
        assert judgement_of(summary).verdict is Verdict.BLOCK


def test_other_words_are_judged_anew():
    summary = kept(whats_new=INVENTED)
    summary.whats_new = "소포를 찾는 지도를 만들었습니다."

    assert judgement_of(summary).verdict is not Verdict.BLOCK


def test_another_abstract_is_held_against_what_names_no_source():
    summary = kept(whats_new="문서 8,731건을 씁니다.")
    summary.paper.abstract = "We use 8,731 documents."

    assert "8,731" in str(summary.findings)
    assert "8,731" not in str(judgement_of(summary).findings)


@pytest.mark.parametrize("changed", ["title", "abstract"])
def test_words_that_were_blocked_stay_so_until_they_are_judged_in_full(changed):
    summary = kept(whats_new=INVENTED)
    Paper.objects.update(**{changed: f"We use {INVENTED}"})
    summary.refresh_from_db()

    lapsed = judgement_of(summary)
    keep_lapsed([summary])
    summary.refresh_from_db()

    assert (lapsed.verdict, judgement_of(summary).verdict) == (Verdict.BLOCK, summary.verdict)
    assert summary.verdict != Verdict.BLOCK


def test_a_lapsed_verdict_is_not_kept_for_words_that_somebody_wrote_meanwhile():
    summary = kept(whats_new=INVENTED)
    summary.paper.abstract = f"We use {INVENTED}"
    Summary.objects.update(written_at=timezone.now() + timedelta(seconds=1))

    keep_lapsed([summary])

    assert Summary.objects.get().verdict == Verdict.BLOCK


def test_what_a_model_was_given_counts_and_not_the_abstract_of_today():
    paper = make_paper()
    source = Reading.objects.create(paper=paper, kind="html", text=INVENTED, sha256="a" * 64)
    given = {"source_kind": "html", "source_sha256": source.sha256}
    summary = make_summary(paper, whats_new=INVENTED, writer="model", **given)

    assert "identification" not in {finding.check for finding in judgement_of(summary).findings}


@pytest.mark.parametrize(
    ("writer", "verdict"), [("model", "block"), ("editor", "review"), ("document", "review")]
)
def test_a_missing_part_blocks_what_a_model_wrote_alone(writer, verdict):
    summary = make_summary(make_paper(), technical_details="", writer=writer)

    assert keep_judgement(summary).verdict == verdict


@pytest.mark.parametrize(
    ("writer", "verdict"), [("model", "block"), ("editor", "review"), ("document", "block")]
)
def test_a_foreign_link_is_let_pass_to_editors_alone(writer, verdict):
    summary = make_summary(make_paper(), whats_new="https://evil.example 입니다.", writer=writer)

    assert keep_judgement(summary).verdict == verdict


def test_an_excerpt_and_a_summary_without_words_pass():
    blank = dict.fromkeys(["whats_new", "technical_details", "performance_highlights"], " ")

    assert keep_judgement(make_summary(make_paper(), writer="extract")).verdict is Verdict.PASS
    assert keep_judgement(make_summary(make_paper(), **blank)).verdict is Verdict.PASS


def test_what_an_editor_saves_is_judged_and_kept():
    summary = kept()
    seen_at, summary.whats_new = summary.written_at, INVENTED
    revise(summary, make_editor(), seen_at)

    stored = Summary.objects.get(pk=summary.pk)
    assert (stored.verdict, bool(stored.judged_sha256)) == ("block", True)


def test_the_pool_is_built_once_and_kept(django_assert_num_queries):
    for n in range(31):
        make_listing(make_paper(title=f"Paper {n}", abstract=f"It is about {n * 37} words."))
    built = todays_pool()

    with django_assert_num_queries(0):
        assert todays_pool() is built
    assert built.is_enough and list(KEPT) == ["today"]


def test_a_list_that_came_since_is_in_the_pool_a_minute_later(monkeypatch):
    for n in range(31):
        make_listing(make_paper(title=f"Paper {n}"))
    before, now = todays_pool(), monotonic()
    make_listing(make_paper(title="New"))

    monkeypatch.setattr(pool, "monotonic", lambda: now + pool.GOOD_FOR + 1)
    after = todays_pool()

    assert ("new" in before.titles, "new" in after.titles) == (False, True)
    assert todays_pool() is after


def test_a_pool_has_the_papers_of_ten_days_and_knows_nothing_of_later_ones():
    days = {7: "Early", 20: "Late"}
    for n in range(40):
        make_listing(make_paper(title=f"Filling {n}"), date=f"2024-07-{10 + n % 3}")
    for day, title in days.items():
        make_listing(make_paper(title=title), date=f"2024-07-{day:02}")

    assert "late" not in pool_around(day=date(2024, 7, 13)).titles
    assert "early" in pool_around(day=date(2024, 7, 13)).titles
    assert pool_around().titles[0] == "late"


def test_with_fewer_than_eight_papers_a_rank_says_nothing():
    for _ in range(5):
        make_listing()
    summary = make_summary(make_paper())

    assert not todays_pool().is_enough
    assert keep_judgement(summary).verdict is not Verdict.BLOCK
