import pytest

from papers.models import Revision, Summary
from papers.revise import Overtaken, kept, revise, stands, undo
from papers.summarise import summarise_papers
from tests.factories import make_editor, make_paper, make_summary


@pytest.fixture
def kim(db):
    return make_editor()


@pytest.fixture
def summary(db):
    return make_summary(make_paper(), whats_new="한 줄.")


def rewrite(summary, editor, text, seen_at=None):
    mine = Summary.objects.get(pk=summary.pk)
    seen_at = seen_at or mine.written_at
    mine.whats_new = text
    mine.written_at = mine.written_at.replace(year=mine.written_at.year + 1)
    revise(mine, editor, seen_at)
    return mine


def test_what_stood_before_is_kept(summary, kim):
    before = kept(summary)

    after = kept(rewrite(summary, kim, "두 줄."))

    row = Revision.objects.get()
    assert (row.by_name, row.before, row.after) == ("kim", before, after)


def test_of_two_who_saw_the_same_words_the_second_is_told(summary, kim):
    seen_at = summary.written_at
    rewrite(summary, kim, "두 줄.")

    with pytest.raises(Overtaken):
        rewrite(summary, make_editor("lee"), "세 줄.", seen_at)

    summary.refresh_from_db()
    assert (summary.whats_new, Revision.objects.count()) == ("두 줄.", 1)


def test_an_excerpt_is_put_back_as_the_excerpt_that_it_was(kim):
    paper = make_paper()
    summarise_papers([paper], "ko")
    excerpt = Summary.objects.get()
    before = kept(excerpt)
    rewrite(excerpt, kim, "두 줄.")

    undo(Revision.objects.get(), kim)

    assert kept(Summary.objects.get()) == before


def test_a_taking_back_is_taken_back(summary, kim):
    rewrite(summary, kim, "두 줄.")
    undo(Revision.objects.first(), kim)

    undo(Revision.objects.first(), kim)

    summary.refresh_from_db()
    assert summary.whats_new == "두 줄."


def test_only_what_still_stands_is_taken_back(summary, kim):
    rewrite(summary, kim, "두 줄.")
    first = Revision.objects.get()
    rewrite(summary, kim, "세 줄.")

    with pytest.raises(Overtaken):
        undo(first, kim)

    assert [stands(row) for row in Revision.objects.select_related("summary")] == [True, False]
