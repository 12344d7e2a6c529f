import threading

import pytest
from django.db import connection

from newsletter.compose import compose_edition
from newsletter.curate import curating, refresh_votes
from newsletter.models import Change, Edition, Entry, Overtaken, WrongState
from papers.models import Listing
from tests.factories import DAY, make_edition, make_editor, make_listing, make_paper

TITLES = ["Alpha", "Beta", "Gamma", "Delta"]


@pytest.fixture
def kim(db):
    return make_editor()


@pytest.fixture
def edition(db):
    return make_edition(papers=[make_paper(title=title) for title in TITLES])


def order(edition):
    return [entry.paper.title for entry in edition.printed_entries()]


def entry(edition, title):
    return Entry.objects.get(edition=edition, paper__title=title)


def change(edition, editor, act, title, *values):
    """One change by the editor, of the edition as it stands."""
    edition.refresh_from_db()
    with curating(edition, editor, edition.version) as curation:
        getattr(curation, act)(curation.entry(entry(edition, title).pk), *values)


def history(edition):
    rows = edition.changes.order_by("pk").values_list("kind", "paper__title", "before", "after")
    return list(rows)


@pytest.mark.parametrize(
    ("number", "after"),
    [
        (1, ["Gamma", "Alpha", "Beta", "Delta"]),
        (4, ["Alpha", "Beta", "Delta", "Gamma"]),
        (99, ["Alpha", "Beta", "Delta", "Gamma"]),
    ],
)
def test_a_paper_is_moved_to_a_number(edition, kim, number, after):
    change(edition, kim, "move", "Gamma", number)

    assert order(edition) == after
    assert [e.paper.title for e in edition.entries.exclude(touched_at=None)] == ["Gamma"]


def test_each_change_makes_one_version_and_one_line_of_history(edition, kim):
    change(edition, kim, "write_note", "Beta", "Read this.")
    change(edition, kim, "hide", "Delta", True)

    edition.refresh_from_db()
    assert edition.version == 2
    assert history(edition) == [
        ("note", "Beta", "", "Read this."),
        ("hidden", "Delta", False, True),
    ]
    assert set(edition.changes.values_list("by_name", "by")) == {("kim", kim.pk)}


def test_what_changes_nothing_leaves_no_line_of_history(edition, kim):
    change(edition, kim, "write_note", "Beta", "")
    change(edition, kim, "move", "Beta", 2)
    change(edition, kim, "pin", "Beta", None)

    assert history(edition) == []
    assert not edition.entries.exclude(touched_at=None).exists()


def test_of_two_editors_who_saw_the_same_the_second_changes_nothing(edition, kim):
    lee = make_editor("lee")
    seen = edition.version
    change(edition, kim, "move", "Delta", 1)

    with pytest.raises(Overtaken), curating(edition, lee, seen) as curation:
        curation.move(curation.line[0], 4)

    assert order(edition) == ["Delta", "Alpha", "Beta", "Gamma"]
    assert edition.changes.count() == 1


def test_what_is_approved_is_not_curated(edition, kim):
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.APPROVED)

    with pytest.raises(Overtaken), curating(edition, kim, edition.version):
        pass


def test_a_paper_put_back_stands_where_it_stood(edition, kim):
    change(edition, kim, "hide", "Beta", True)
    change(edition, kim, "move", "Delta", 1)

    change(edition, kim, "hide", "Beta", False)

    assert order(edition) == ["Delta", "Beta", "Alpha", "Gamma"]


def test_a_paper_that_is_taken_out_is_not_moved(edition, kim):
    change(edition, kim, "hide", "Beta", True)

    with pytest.raises(WrongState):
        change(edition, kim, "move", "Beta", 1)


def test_a_pinned_paper_stays_while_others_move(edition, kim):
    change(edition, kim, "pin", "Gamma", 1)
    pinned = order(edition)
    change(edition, kim, "move", "Delta", 1)

    assert pinned == ["Gamma", "Alpha", "Beta", "Delta"]
    assert order(edition) == ["Gamma", "Delta", "Alpha", "Beta"]


def test_a_pinned_paper_that_is_moved_is_pinned_where_it_was_put(edition, kim):
    change(edition, kim, "pin", "Gamma", 1)
    change(edition, kim, "move", "Gamma", 4)
    change(edition, kim, "hide", "Alpha", True)

    assert entry(edition, "Gamma").pin == 4
    assert order(edition) == ["Beta", "Delta", "Gamma"]


def test_no_two_papers_are_pinned_to_one_number(edition, kim):
    change(edition, kim, "pin", "Gamma", 2)

    with pytest.raises(WrongState, match="Gamma"):
        change(edition, kim, "pin", "Delta", 2)

    assert order(edition) == ["Alpha", "Gamma", "Beta", "Delta"]


def test_a_pin_survives_composing_again(daily_papers, kim):
    for title, votes in {"First": 30, "Second": 20, "Third": 10}.items():
        make_listing(make_paper(title=title), vote_count=votes)
    edition = compose_edition(daily_papers, DAY)
    change(edition, kim, "pin", "Third", 2)
    make_listing(make_paper(title="Late"), vote_count=99)

    compose_edition(daily_papers, DAY)

    assert order(edition) == ["Late", "Third", "First", "Second"]


@pytest.fixture
def listed(daily_papers):
    """Composed of three, of which the last has most votes by now."""
    for title, votes in {"First": 30, "Second": 20, "Third": 10}.items():
        make_listing(make_paper(title=title), vote_count=votes)
    edition = compose_edition(daily_papers, DAY)
    Listing.objects.filter(paper__title="Third").update(vote_count=50)
    return edition


def votes(edition):
    return {e.paper.title: e.vote_count for e in edition.printed_entries()}


def test_fresh_votes_order_a_page_that_nobody_arranged(listed, kim):
    change(listed, kim, "pin", "Second", 2)

    refresh_votes(listed)

    assert votes(listed) == {"Third": 50, "Second": 20, "First": 30}
    assert order(listed) == ["Third", "Second", "First"]


def test_fresh_votes_leave_the_order_that_was_set_by_hand(listed, kim):
    change(listed, kim, "move", "Second", 1)

    refresh_votes(listed)

    assert votes(listed) == {"Second": 20, "First": 30, "Third": 50}
    assert order(listed) == ["Second", "First", "Third"]


def test_ordering_by_votes_gives_the_order_back_to_the_votes(listed, kim):
    change(listed, kim, "move", "Second", 1)
    refresh_votes(listed)
    with curating(listed, kim, listed.version) as curation:
        curation.order_by_votes()

    listed.refresh_from_db()
    assert order(listed) == ["Third", "First", "Second"]
    assert listed.curated_at is None


def test_a_headline_belongs_to_a_language(edition, kim):
    change(edition, kim, "write_headline", "Beta", "ko", "소포를 찾는 법")

    beta = entry(edition, "Beta")
    assert (beta.headline("ko"), beta.headline("en")) == ("소포를 찾는 법", "")


def test_a_paper_that_was_taken_out_is_put_back_when_it_is_added(edition, kim):
    change(edition, kim, "hide", "Beta", True)
    edition.refresh_from_db()

    with curating(edition, kim, edition.version) as curation:
        curation.add(entry(edition, "Beta").paper)

    assert order(edition) == TITLES


def test_a_change_that_fails_leaves_the_version(edition, kim):
    with pytest.raises(WrongState), curating(edition, kim, edition.version) as curation:
        curation.write_note(curation.line[0], "Gone again.")
        curation.entry(0)

    edition.refresh_from_db()
    assert (edition.version, entry(edition, "Alpha").note) == (0, "")


def test_editors_who_press_at_the_same_moment_do_not_both_win(transactional_db):
    edition = make_edition(papers=[make_paper(title=title) for title in TITLES])
    editors = [make_editor(name) for name in ("kim", "lee", "park", "choi")]
    together, outcomes = threading.Barrier(len(editors)), []

    def press(editor):
        together.wait()
        try:
            with curating(Edition.objects.get(pk=edition.pk), editor, 0) as curation:
                curation.move(curation.line[-1], 1)
            outcomes.append("saved")
        except Overtaken:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[editor]) for editor in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["saved", "told", "told", "told"]
    assert Change.objects.count() == 1
