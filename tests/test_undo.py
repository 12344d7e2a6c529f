import pytest

from newsletter.curate import curating
from newsletter.models import Change, Entry, WrongState
from newsletter.undo import undo
from tests.factories import make_edition, make_editor, make_paper

TITLES = ["Alpha", "Beta", "Gamma", "Delta"]


@pytest.fixture
def kim(db):
    return make_editor()


@pytest.fixture
def edition(db):
    return make_edition(papers=[make_paper(title=title) for title in TITLES])


def curate(edition, editor, act):
    edition.refresh_from_db()
    with curating(edition, editor, edition.version) as curation:
        act(curation)


def named(curation, title):
    return next(entry for entry in curation.line if entry.paper.title == title)


def take_back(edition, editor, change=None):
    change = change or edition.changes.first()
    curate(edition, editor, lambda curation: undo(curation, change))


def as_it_stands(edition):
    entries = Entry.objects.filter(edition=edition).order_by("position", "pk")
    texts = edition.renditions.values_list("language", "subject", "preheader", "intro")
    columns = ("paper__title", "hidden", "note", "headlines", "pin")
    return list(entries.values_list(*columns)), sorted(texts)


CHANGES = {
    "move": lambda c: c.move(named(c, "Delta"), 1),
    "move what is pinned": lambda c: c.move(named(c, "Beta"), 4),
    "hide": lambda c: c.hide(named(c, "Alpha"), True),
    "note": lambda c: c.write_note(named(c, "Gamma"), "Read this."),
    "headline": lambda c: c.write_headline(named(c, "Gamma"), "en", "Lost and found"),
    "pin": lambda c: c.pin(named(c, "Delta"), 1),
    "let go": lambda c: c.pin(named(c, "Beta"), None),
    "add": lambda c: c.add(make_paper(title="Omega")),
    "subject": lambda c: c.write(Change.Kind.SUBJECT, "ko", "소포"),
    "intro": lambda c: c.write(Change.Kind.INTRO, "en", "Good morning."),
}


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_a_change_is_taken_back_and_the_taking_back_too(edition, kim, act):
    Entry.objects.filter(edition=edition, paper__title="Gamma").update(headlines={"en": ""})
    curate(edition, kim, lambda curation: curation.pin(named(curation, "Beta"), 2))
    before = as_it_stands(edition)
    curate(edition, kim, act)
    after = as_it_stands(edition)

    take_back(edition, kim)
    taken_back = as_it_stands(edition)
    take_back(edition, kim)

    assert before != after
    assert taken_back == before
    assert as_it_stands(edition) == after


def test_changes_are_taken_back_one_after_the_other(edition, kim):
    start = as_it_stands(edition)
    curate(edition, kim, lambda c: c.move(named(c, "Delta"), 1))
    curate(edition, kim, lambda c: c.move(named(c, "Gamma"), 1))
    curate(edition, kim, lambda c: c.hide(named(c, "Alpha"), True))

    for change in list(edition.changes.all()):
        take_back(edition, kim, change)

    assert as_it_stands(edition) == start


def test_what_was_changed_again_is_not_taken_back(edition, kim):
    curate(edition, kim, lambda c: c.write_note(named(c, "Beta"), "First."))
    first = edition.changes.first()
    curate(edition, kim, lambda c: c.write_note(named(c, "Beta"), "Second."))

    with pytest.raises(WrongState):
        take_back(edition, kim, first)

    assert edition.entries.get(paper__title="Beta").note == "Second."


def test_a_paper_added_since_does_not_stand_in_the_way_of_an_order(edition, kim):
    curate(edition, kim, lambda c: c.move(named(c, "Delta"), 1))
    moved = edition.changes.first()
    curate(edition, kim, lambda c: c.add(make_paper(title="Omega")))

    take_back(edition, kim, moved)

    assert [e.paper.title for e in edition.printed_entries()] == [*TITLES, "Omega"]


def test_whoever_takes_back_stands_in_the_history(edition, kim):
    lee = make_editor("lee")
    curate(edition, kim, lambda c: c.hide(named(c, "Beta"), True))
    hidden = edition.changes.first()

    take_back(edition, lee, hidden)

    newest = edition.changes.first()
    assert (newest.by_name, newest.undoes, newest.before, newest.after) == (
        "lee",
        hidden,
        True,
        False,
    )


@pytest.mark.parametrize(
    "write",
    [
        lambda c, entry: c.write_note(entry, "Read this."),
        lambda c, entry: c.write_headline(entry, "en", "Lost and found"),
        lambda c, entry: c.pin(entry, 1),
    ],
    ids=["note", "headline", "pin"],
)
def test_a_paper_that_was_written_on_since_is_not_removed_by_undoing_its_adding(
    edition, kim, write
):
    curate(edition, kim, lambda c: c.add(make_paper(title="Omega")))
    added = edition.changes.first()
    curate(edition, kim, lambda c: write(c, named(c, "Omega")))

    with pytest.raises(WrongState):
        take_back(edition, kim, added)
    take_back(edition, kim)
    take_back(edition, kim, added)

    assert not edition.entries.filter(paper__title="Omega").exists()


def test_the_votes_order_the_page_again_once_the_first_move_is_taken_back(edition, kim):
    curate(edition, kim, lambda c: c.move(named(c, "Delta"), 1))
    curate(edition, kim, lambda c: c.move(named(c, "Gamma"), 1))

    curated = []
    for change in list(edition.changes.all()):
        take_back(edition, kim, change)
        curated.append(edition.curated_at is not None)
    take_back(edition, kim)

    assert (curated, edition.curated_at is not None) == ([True, False], True)
