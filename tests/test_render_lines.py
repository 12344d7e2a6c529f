"""HTML lines, folded where a line break is a blank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsletter.render import render_edition
from newsletter.render.lines import LONGEST, folded
from tests.factories import make_edition, make_paper, make_summary

PARAGRAPH = '소포를 찾는 지도를 만들었습니다. It finds <b class="x">9 of 10</b> &amp; more. ' * 60


def longest(page):
    return max(len(line.encode()) for line in page.splitlines())


def test_a_long_paragraph_becomes_lines_of_a_mail_and_says_the_same():
    page = f"<p>{PARAGRAPH}</p>"

    mail = folded(page)

    assert longest(mail) <= LONGEST
    assert mail.replace("\n", " ") == page


@given(st.text(" <>\"'=ab가漢/!-", max_size=900))
def test_only_blanks_become_line_breaks(text):
    assert folded(text).replace("\n", " ") == text
    if len(text.encode()) <= LONGEST:
        assert folded(text) == text


def test_values_of_attributes_stay_whole_and_a_long_tag_is_folded_between_them():
    words = "ein Bild von Paketen " * 20
    tag = f'<img alt="{words}" src="https://paperboy.example/{"x" * 400}.png" width="10">'

    (image,) = html.fragments_fromstring(folded(tag))

    assert longest(folded(tag)) <= LONGEST
    assert image.get("alt") == words


def test_no_line_break_comes_before_a_chinese_character():
    page = folded("<p>" + "漢字 漢字 and 우편 " * 100 + "</p>")

    assert "\n" in page
    assert "\n漢" not in page


def test_a_page_that_fits_stays_as_it_is():
    page = "<p>\n" + ("x " * 300) + "\n</p>"

    assert folded(page) == page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_edition_has_no_line_that_eight_bits_could_not_carry(language):
    paper = make_paper(title="A Title of Many Words " * 20)
    make_summary(paper, language, whats_new="소포를 찾는 지도를 만들었습니다. " * 60)

    mail = render_edition(make_edition(papers=[paper]), language)

    assert longest(mail.html) <= 998
    assert longest(mail.text) <= 998
