"""arXiv's HTML: what LaTeXML writes, and what of it is the paper's text."""

import pytest

from papers.fulltext.document import Unusable
from papers.fulltext.page import document_in
from tests import texts

NAME = "2407.00001"


def text_of(words: str) -> str:
    [section] = document_in(texts.page(sections=[("Method", words)]), NAME).sections
    return section.paragraphs[0]


FORMULA = (
    r'<math alttext="12.5\%"><semantics><mn>12.5</mn>'
    r'<annotation encoding="application/x-tex">12.5\%</annotation></semantics></math>'
)
POWER = r'<math alttext="\beta_{1}\times 10^{-3}"><mi>x</mi></math>'
NUMBERED = '<cite class="ltx_cite ltx_citemacro_cite">[<a>12</a>, 47]</cite>'
NAMED = '<cite class="ltx_cite ltx_citemacro_citet">Kim (2024)</cite>'
FOOTNOTE = '<span class="ltx_note ltx_role_footnote"><sup>1</sup>See 99.</span>'


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (f"a gain of {FORMULA}.", "a gain of 12.5%."),
        (f"{POWER} is small", "β_1×10^-3 is small"),
        (f"as before {NUMBERED}.", "as before."),
        (f"{NAMED} counts", "Kim (2024) counts"),
        (f"maps{FOOTNOTE} help", "maps help"),
        ('maps <span class="ltx_ERROR undefined">\\mymacro</span>help', "maps help"),
        ("maps<script>alert(1)</script> help", "maps help"),
        ("ma\x01ps&#1;\x7f\x85 he\u202elp", "maps help"),
    ],
)
def test_a_paragraph_is_read_as_one_reads_it(words, read):
    assert text_of(words) == read


def test_captions_are_kept_and_the_tables_themselves_are_not():
    figure = (
        '</p></div><figure class="ltx_table"><table><tr><td>77.7</td></tr></table>'
        '<figcaption class="ltx_caption"><span class="ltx_tag">Table 1: </span>Found parcels.'
        '</figcaption></figure><div class="ltx_para"><p class="ltx_p">After it.'
    )

    document = document_in(texts.page(sections=[("Results", f"Before.{figure}")]), NAME)

    assert document.sections[0].paragraphs == ["Before.", "Found parcels.", "After it."]


def test_subsections_belong_to_their_section_and_an_appendix_to_none():
    inner = (
        '</p></div><section class="ltx_subsection"><h3 class="ltx_title">Data</h3>'
        '<p class="ltx_p">Ten towns.</p></section><div><p class="ltx_p">End.'
    )
    appendix = (
        '<section class="ltx_appendix"><h2 class="ltx_title">Proofs</h2>'
        '<section class="ltx_section"><p class="ltx_p">By induction.</p></section></section>'
    )

    document = document_in(texts.page(sections=[("Method", inner)], behind=appendix), NAME)

    assert [(s.heading, s.paragraphs) for s in document.sections] == [
        ("Method", ["Ten towns.", "End."])
    ]
    assert "99.9" not in document.whole


def test_a_letter_without_sections_is_one_section():
    body = texts.page(
        sections=[], behind='<div class="ltx_para"><p class="ltx_p">All here.</p></div>'
    )

    [section] = document_in(body, NAME).sections

    assert (section.heading, section.paragraphs) == ("", ["All here."])


def test_the_page_says_of_which_version_it_is():
    assert document_in(texts.page(version=4), NAME).version == 4
    assert document_in(texts.page("2407.00002"), NAME).version == 0


def test_a_page_nested_ten_thousand_deep_is_read_without_harm():
    body = texts.page(sections=[("Method", "<span>" * 10_000 + "deep")])

    assert document_in(body, NAME).whole.startswith("Homeward")


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"<html></html>", b"{}"])
def test_what_is_no_page_of_a_paper_is_unusable(body):
    with pytest.raises(Unusable):
        document_in(body, NAME)


def test_a_section_inside_of_another_is_read_once():
    inner = (
        '</p></div><section class="ltx_section"><h2 class="ltx_title">Data</h2>'
        '<p class="ltx_p">Ten towns.</p></section><div><p class="ltx_p">End.'
    )

    document = document_in(texts.page(sections=[("Method", f"Begin.{inner}")]), NAME)

    assert [(s.heading, s.paragraphs) for s in document.sections] == [
        ("Method", ["Begin.", "Ten towns.", "End."])
    ]


def test_no_more_is_read_of_a_page_than_of_a_pdf():
    long = f"{'parcel ' * 1000}</p><p class='ltx_p'>" * 30

    document = document_in(texts.page(sections=[(f"Part {n}", long) for n in range(4)]), NAME)

    length = sum(len(text) for section in document.sections for text in section.paragraphs)
    assert 300_000 <= length < 320_000
    assert [section.heading for section in document.sections] == ["Part 0", "Part 1"]
    assert len(document.whole) <= 300_000


def test_a_page_of_more_elements_than_a_paper_has_is_not_read():
    with pytest.raises(Unusable, match="too many elements"):
        document_in(texts.page(behind="<p>" * 500_000), NAME)
