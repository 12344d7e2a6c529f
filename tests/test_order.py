import pytest

from newsletter.order import arranged, keep_pins, out_of_line
from tests.factories import make_edition


def ids(entries):
    return [entry.paper.canonical_id for entry in entries]


@pytest.fixture
def edition(db):
    return make_edition(papers=5)


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        ([1, 2, 3, 4, 5], set()),
        ([2, 3, 1, 4, 5], {1}),
        ([5, 1, 2, 3, 4], {5}),
        ([1, 4, 2, 3, 5], {4}),
        ([4, 2, 3, 5, 1], {4, 1}),
        ([6, 2, 3, 4, 5], set()),
        ([], set()),
    ],
)
def test_only_the_card_that_was_dragged_counts_as_moved(after, moved):
    assert out_of_line([1, 2, 3, 4, 5], after) == moved


def test_pinned_entries_stand_at_their_numbers_whatever_the_rest_does(edition):
    line = list(edition.entries.all())
    a, b, c, d, e = line
    a.pin, d.pin = 2, 5

    assert arranged(line, [e, d, c, b, a]) == [e, a, c, b, d]


def test_a_pin_beyond_the_end_means_the_end(edition):
    line = list(edition.entries.all())
    line[0].pin = 40

    assert arranged(line, line) == [*line[1:], line[0]]


def test_hidden_entries_keep_their_place_in_the_line(edition):
    line = list(edition.entries.all())
    a, b, c, d, e = line
    b.hidden = True

    assert arranged(line, [e, d, c, a]) == [e, b, d, c, a]


def test_keeping_pins_twice_changes_nothing_more(edition):
    a, b, c, d, e = ids(edition.printed_entries())
    edition.entries.filter(paper__canonical_id=e).update(pin=1)

    keep_pins(edition)
    once = ids(edition.printed_entries())
    keep_pins(edition)

    assert once == ids(edition.printed_entries()) == [e, a, b, c, d]
