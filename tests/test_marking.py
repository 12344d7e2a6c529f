import pytest

from papers.admin.marking import Mark, Piece, pieces, places_of


def test_a_figure_within_a_sentence_is_a_piece_of_both():
    found = pieces("We map 9 of 10.", [Mark(0, 15, "a", "quoted"), Mark(7, 8, "f1", "fig")])

    assert found == [
        Piece("We map ", "quoted", "a", ("a",)),
        Piece("9", "quoted fig", "a f1", ("f1",)),
        Piece(" of 10.", "quoted", "a"),
    ]


def test_what_lies_outside_of_the_text_marks_nothing():
    assert pieces("A map.", [Mark(3, 40, "a", "fig"), Mark(-1, 2, "b", "fig")]) == [Piece("A map.")]


def test_an_empty_text_has_no_pieces():
    assert pieces("", [Mark(0, 1, "a", "fig")]) == []


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("GAN", "GAN과 SGAN, GANs, GAN.", [(0, 3), (17, 20)]),
        ("2", "12개, 2개, 2.5, 0.2", [(5, 6), (9, 10), (16, 17)]),
        ("2억", "2억과 12억", [(0, 2)]),
        ("", "A map.", []),
    ],
)
def test_words_are_found_whole_and_hangul_may_follow(words, text, expected):
    assert places_of(words, text) == expected
