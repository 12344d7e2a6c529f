import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.documents.authors import authors_line, folded_names, read_authors

names = st.lists(st.text(max_size=12) | st.sampled_from(["+", "Li, Xi", "['a']", "Nguy\\~ên", "A"]))


def test_names_are_parted_by_commas():
    assert authors_line(["Alice Ahn", "Bob Baker"]) == "Alice Ahn, Bob Baker"


def test_a_name_with_a_comma_puts_the_list_into_brackets_and_quotes():
    line = authors_line(["Ahn, Alice", 'Bob "B" Baker'])

    assert line == '["Ahn, Alice", "Bob \\"B\\" Baker"]'
    assert read_authors(line) == ["Ahn, Alice", 'Bob "B" Baker']


def test_two_namesakes_side_by_side_are_printed_as_two_people():
    assert authors_line(["Wei Wang", "Wei Wang", "Bob Baker"]) == "Wei Wang, Wei Wang, Bob Baker"


@pytest.mark.parametrize("exact", [["Team", "+"], ["A", "A", "A", "B", "C"], ["A", "A", "B", "B"]])
def test_names_that_look_like_a_scraper_s_fault_are_printed_exactly(exact):
    line = authors_line(exact)

    assert line.startswith('["')
    assert read_authors(line) == exact


def test_a_python_list_is_read_with_its_quotes_and_escapes():
    assert read_authors("""['Pat O\\'Neil', "D'Arcy", 'Ana\\xa0Ruiz']""") == [
        "Pat O'Neil",
        "D'Arcy",
        "Ana Ruiz",
    ]


def test_663_names_on_one_line_keep_their_order(shared_data):
    edition = (shared_data / "editions_ko" / "2025-01-27.md").read_text()
    line = next(x for x in edition.split("\n") if x.startswith("Authors: ") and len(x) > 5000)

    authors = read_authors(line.removeprefix("Authors: "))

    assert len(authors) == 663
    assert authors_line(authors) == line.removeprefix("Authors: ")


@given(names)
@example(["a,", "b"])
@example(["[1, 'x'"])
def test_any_names_come_back_from_their_line(written):
    folded = folded_names(written)

    assert read_authors(authors_line(folded)) == folded
