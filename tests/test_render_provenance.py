"""Whose words a summary is made of, and what was read for it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from newsletter.render.provenance import drafted_by, models_behind, reading_of, verdict_on
from papers.models import Revision, Summary
from papers.revise import revise, undo
from papers.summarise.judging import keep_judgement
from papers.summarise.source import keep_reading, source_text
from tests.factories import make_paper, make_summary

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.now() - timedelta(days=1)


def rewritten(summary, **columns):
    """The summary after an editor's hand."""
    seen_at = summary.written_at
    fields = {"writer": "editor", "writer_name": "eve", "written_at": timezone.now()} | columns
    for name, value in fields.items():
        setattr(summary, name, value)
    editor, _ = User.objects.get_or_create(username="eve")
    revise(summary, editor, seen_at)
    return Summary.objects.get(pk=summary.pk)


def by_model():
    return make_summary(
        make_paper(), writer="model", writer_name="small-model", written_at=YESTERDAY
    )


def test_the_model_is_named_whose_words_an_editor_changed():
    summary = rewritten(rewritten(by_model(), whats_new="첫 손질."), whats_new="둘째 손질.")

    model = drafted_by(summary)

    assert (model.name, model.written_at) == ("small-model", YESTERDAY)


def test_no_model_is_named_for_an_editors_own_words_or_behind_an_excerpt():
    own = make_summary(make_paper())
    excerpt = rewritten(by_model(), writer="extract", writer_name="")
    over_excerpt = rewritten(excerpt, whats_new="새로 쓴 글.")

    assert drafted_by(own) is None
    assert drafted_by(over_excerpt) is None
    assert drafted_by(by_model()) is None  # nobody has changed that


def take_back(summary):
    """The summary without what was done to it last."""
    undo(summary.revisions.first(), User.objects.get(username="eve"))
    return Summary.objects.get(pk=summary.pk)


def test_what_was_taken_back_hides_no_model_and_neither_does_a_way_there_and_back():
    edited = rewritten(by_model(), whats_new="첫 손질.")
    excerpt = rewritten(edited, writer="extract", writer_name="")

    back = take_back(excerpt)
    assert drafted_by(back).name == "small-model"

    there_and_back = take_back(take_back(back))
    assert Revision.objects.filter(undoes__isnull=False).count() == 3
    assert drafted_by(there_and_back).name == "small-model"


def test_many_histories_are_read_in_one_query(django_assert_num_queries):
    own, changed = make_summary(make_paper()), rewritten(by_model())

    with django_assert_num_queries(1):
        assert set(models_behind([own, changed])) == {changed.pk}


def test_what_was_read_is_found_by_its_hash():
    paper = make_paper()
    reading = keep_reading(paper, source_text(paper))

    assert reading_of(make_summary(paper, source_sha256=reading.sha256)) == reading
    assert reading_of(make_summary(make_paper(), source_sha256=reading.sha256)) is None
    assert reading_of(make_summary(paper, "en")) is None


def test_a_verdict_is_told_while_it_is_on_these_words():
    paper = make_paper()
    source = source_text(paper)
    columns = {"source_kind": source.kind, "source_sha256": source.sha256}
    summary = make_summary(paper, "en", whats_new="We propose a map of parcels.", **columns)
    assert verdict_on(summary) == ""  # nobody has judged it

    keep_judgement(summary)
    assert verdict_on(summary) == summary.verdict != ""

    summary.whats_new = "We propose a song."
    assert verdict_on(summary) == ""
