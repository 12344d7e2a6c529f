"""The text twin's lines."""

import pytest

from newsletter.render.plain import columns, wrapped


def test_lines_are_folded_between_words_at_72_columns():
    text = wrapped("Parcels find their way home. " * 5)

    assert text == (
        "Parcels find their way home. Parcels find their way home. Parcels find\n"
        "their way home. Parcels find their way home. Parcels find their way\n"
        "home.\n"
    )


def test_a_korean_letter_is_two_columns_wide():
    lines = wrapped("소포가 집을 찾아갑니다. " * 10).splitlines()

    assert lines[0] == "소포가 집을 찾아갑니다. 소포가 집을 찾아갑니다. 소포가 집을 찾아갑니다."
    assert max(columns(line) for line in lines) <= 72


@pytest.mark.parametrize("text", ["漢" * 500, "x" * 2_000, "가" * 400])
def test_a_word_wider_than_a_line_is_cut(text):
    lines = wrapped(text).splitlines()

    assert max(columns(line) for line in lines) <= 72
    assert "".join(lines) == text


def test_a_link_stays_whole():
    link = "https://example.org/" + "x" * 200

    assert wrapped(f"Code: {link} and more") == f"Code:\n{link}\nand more\n"


def test_paragraphs_are_one_blank_line_apart():
    assert wrapped("\n\nOne.  \n \n\n\nTwo.\nThree.\n\n") == "One.\n\nTwo.\nThree.\n"
