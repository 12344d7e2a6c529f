"""Which entries a taste chooses, in which order, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.models import Taste
from newsletter.taste import Matter, Selection, selected, shown, whole

MATTERS = [
    Matter(["cs.CL", "cs.AI"], "Letters Home: parcels find their way"),
    Matter(["cs.CV"], "A diffusion model of stamps. 강화학습으로 우표를 그립니다."),
    Matter(["cs.RO", "cs.CV"], "Postmen that walk"),
    Matter(["stat.ML"], "Diffusion of news"),
    Matter([], "A paper about nothing"),
]


def taste(max_entries=None, favoured=(), muted=()) -> Taste:
    return Taste(max_entries=max_entries, favoured=list(favoured), muted=list(muted))


def places(selection: Selection) -> list[int]:
    return [place for place, _ in selection.chosen]


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("cs.cl", [0]),
        ("cs.cv", [1, 2]),
        ("cs", [0, 1, 2]),
        ("stat", [3]),
        ("c", []),
        ("diffusion", [1, 3]),
        ("diff", []),
        ("walk", [2]),
        ("parcels find", [0]),
        ("강화학습", [1]),
        ("a.c", []),
        ("(", []),
        ("nothing", [4]),
    ],
)
def test_a_topic_is_a_category_an_archive_or_a_whole_word(topic, found):
    assert [place for place, matter in enumerate(MATTERS) if matter.is_about(topic)] == found


def test_whoever_wants_all_of_it_gets_the_edition_as_it_is():
    selection = selected(MATTERS, taste())

    assert selection == whole(5)
    assert selection.key == ""


def test_a_taste_that_changes_nothing_today_shares_the_whole_edition():
    assert selected(MATTERS, taste(max_entries=5, muted=["cooking"], favoured=["wine"])).key == ""


def test_favoured_ones_come_first_with_their_topic_and_the_others_keep_their_order():
    selection = selected(MATTERS, taste(favoured=["diffusion", "cs.ro"]))

    assert selection.chosen == ((1, "diffusion"), (2, "cs.ro"), (3, "diffusion"), (0, ""), (4, ""))


def test_muted_ones_are_left_out_also_where_they_are_favoured():
    selection = selected(MATTERS, taste(favoured=["cs.cv"], muted=["diffusion", "cooking"]))

    assert selection.chosen == ((2, "cs.cv"), (0, ""), (4, ""))
    assert (selection.muted_count, selection.muted_topics) == (2, ("diffusion",))


def test_favoured_ones_are_the_last_to_be_cut():
    selection = selected(MATTERS, taste(max_entries=2, favoured=["nothing"]))

    assert (places(selection), selection.cut_count) == ([4, 0], 3)


def test_tastes_that_choose_the_same_for_the_same_reasons_share_a_key():
    one = selected(MATTERS, taste(muted=["stat.ml", "cooking"]))
    other = selected(MATTERS, taste(muted=["stat.ml"], favoured=["wine"]))
    for_another_reason = selected(MATTERS, taste(muted=["news"]))

    assert one.key == other.key != ""
    assert for_another_reason.key not in ("", one.key)


@given(
    st.lists(st.sampled_from(["cs.cl", "cs", "diffusion", "walk", "nothing"]), unique=True),
    st.lists(st.sampled_from(["cs.cv", "stat", "postmen", "nothing"]), unique=True),
    st.none() | st.integers(1, 6),
)
def test_every_entry_is_chosen_once_or_counted_as_left_out(favoured, muted, most):
    selection = selected(MATTERS, taste(most, favoured, muted))

    assert len(set(places(selection))) == len(selection.chosen)
    assert len(selection.chosen) + selection.muted_count + selection.cut_count == len(MATTERS)
    assert most is None or len(selection.chosen) <= most


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        ("cs.cl", "cs.CL"),
        ("q-bio.nc", "q-bio.NC"),
        ("diffusion", "diffusion"),
        ("gpt-4.5", "gpt-4.5"),
    ],
)
def test_categories_are_shown_as_people_write_them(kept, written):
    assert shown(kept) == written


def test_the_same_taste_is_one_row_whatever_its_order_and_case(db):
    one = Taste.of(5, ["cs.CL", "Diffusion"], [])
    other = Taste.of(5, ["diffusion", "CS.cl", "cs.cl"], [])

    assert one == other != Taste.of(5, [], ["cs.CL", "Diffusion"])
    assert Taste.of(None, [], []) is None
