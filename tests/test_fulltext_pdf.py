"""A PDF that nobody has looked at, read in a process of its own."""

import pytest

from papers.fulltext import pdf
from papers.fulltext.document import Unusable
from tests import texts
from tests.texts import ABSTRACT, SECTIONS, lines_of, wrapped

NAME = "2407.00001"


def sections_of(*lines: str) -> list[tuple[str, list[str]]]:
    document = pdf.document_in(texts.pdf(list(lines)), NAME)
    return [(section.heading, list(section.paragraphs)) for section in document.sections]


def test_numbered_and_well_known_headings_begin_sections():
    found = sections_of(
        "Homeward", "Abstract", "Lost.", *lines_of(SECTIONS), "Acknowledgments", "Us."
    )

    assert [heading for heading, _ in found] == [
        "Abstract",
        *(heading for heading, _ in SECTIONS),
        "Acknowledgments",
    ]
    assert found[1][1] == [SECTIONS[0][1].strip()]


def test_roman_numbers_count_too_and_rows_of_a_table_do_not():
    found = sections_of("I. INTRODUCTION", "So.", "7 Letterham", "II. THE MAP", "It is.", "V Town")

    assert [heading for heading, _ in found] == ["INTRODUCTION", "THE MAP"]
    assert found[1][1] == ["It is. V Town"]


def test_nothing_is_read_behind_the_references():
    assert sections_of("1 Introduction", "So.", "References", "[1] Lost 99%.", "2 Proofs") == [
        ("Introduction", ["So."])
    ]


def test_words_broken_at_the_end_of_a_line_are_whole_again():
    assert sections_of("1 Introduction", "The par-", "cels of Letter-", "Ham") == [
        ("Introduction", ["The parcels of Letter- Ham"])
    ]


def test_a_pdf_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 0.5)
    endless = texts.pdf(["a"] * 400_000)

    with pytest.raises(Unusable, match="not read within"):
        pdf.document_in(endless, NAME)


def test_a_pdf_made_to_break_its_reader_breaks_nothing_else():
    nested = b"1 0 obj\n<< /A " + b"[" * 200_000 + b"\nendobj\n"

    with pytest.raises(Unusable, match="cannot be read"):
        pdf.document_in(b"%PDF-1.4\n" + nested + b"trailer << /Root 1 0 R >>", NAME)


def test_a_long_pdf_is_read_as_far_as_forty_pages():
    page = wrapped(ABSTRACT, 80)

    document = pdf.document_in(texts.pdf(*([f"Page {n}", *page] for n in range(60))), NAME)

    assert "Page 39" in document.whole
    assert "Page 40" not in document.whole


def test_what_no_database_keeps_and_nobody_sees_is_left_out_of_a_text():
    assert sections_of("1 Introduction", "The par\0cels\x01 of \x7fLetterham") == [
        ("Introduction", ["The parcels of Letterham"])
    ]
