from hypothesis import given
from hypothesis import strategies as st

from papers.word_diff import Piece, word_diff


def test_the_words_that_differ_are_marked():
    assert word_diff("It finds 9 of 10 parcels.", "It finds all parcels.") == [
        Piece("same", "It finds"),
        Piece("out", " 9 of 10"),
        Piece("in", " all"),
        Piece("same", " parcels."),
    ]


@given(st.text(alphabet="가나 a\n"), st.text(alphabet="가나 a\n"))
def test_both_texts_can_be_read_out_of_it(before, after):
    pieces = word_diff(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after
