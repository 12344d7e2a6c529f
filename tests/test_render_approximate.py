"""A mail as mail programs show it, as far as is known."""

import re

import pytest
from lxml import html

from newsletter.render import render_edition
from newsletter.render.approximate import Look, as_seen
from newsletter.render.programs import PROGRAMS
from tests.factories import make_edition, make_paper

pytestmark = pytest.mark.django_db

LIGHT, DARK = Look(), Look(dark=True)


@pytest.fixture
def mail(daily_papers) -> str:
    papers = [make_paper(image_url="https://pictures.example/1.png") for _ in range(2)]
    return render_edition(make_edition(papers=papers), "ko").html


def seen(mail, program="", look=LIGHT):
    return as_seen(mail, PROGRAMS[program], look)


def properties(page: str, path: str) -> set[str]:
    """Of the style attributes of what a path finds."""
    found = html.document_fromstring(page).xpath(f"{path}/@style")
    return {part.partition(":")[0].strip() for style in found for part in style.split(";")}


def blocks(page: str) -> str:
    return "".join(html.document_fromstring(page).xpath("//style/text()"))


def text(page: str) -> str:
    return " ".join(html.document_fromstring(page).xpath("string(//body)").split())


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_shows_every_word(mail, program):
    without_words_for_word = text(seen(mail, program)).replace("\xa0", " ")

    for word in text(mail).split():
        assert word.replace("\xa0", " ") in without_words_for_word


def test_as_written_only_the_choice_of_light_or_dark_is_made(mail):
    page = seen(mail)

    assert properties(page, "//*") == properties(mail, "//*")
    assert "max-width: 520px" in blocks(page)
    assert page.startswith("<!DOCTYPE html>")


def test_in_the_dark_the_mails_own_rules_count_whatever_the_browser_prefers(mail):
    light, dark = blocks(seen(mail)), blocks(seen(mail, look=DARK))

    assert "#171614" not in light
    assert "#171614" in dark
    assert "prefers-color-scheme" not in light + dark
    assert re.findall(r"color-schemes?: (\w+)", light) == ["light", "light"]
    assert re.findall(r"color-schemes?: (\w+)", dark) == ["dark", "dark"]


@pytest.mark.parametrize("program", ["gmail", "gmail-other", "outlook", "naver"])
def test_a_program_that_reads_no_rules_for_the_dark_stays_light(mail, program):
    assert blocks(seen(mail, program, DARK)).count("#171614") == 0


@pytest.mark.parametrize("program", ["gmail-other", "naver"])
def test_without_style_blocks_only_what_is_inlined_is_left(mail, program):
    assert blocks(seen(mail, program)) == ""
    assert "padding" in properties(seen(mail, program), "//td")


def test_gmail_keeps_rules_for_narrow_screens_and_drops_those_by_attributes(mail):
    kept = blocks(seen(mail, "gmail"))

    assert "max-width: 520px" in kept
    assert "data-ogsc" not in kept
    assert "overflow-wrap" not in properties(seen(mail, "gmail"), "//*")
    assert "border-radius" in properties(seen(mail, "gmail"), "//*")


def test_words_engine_pads_cells_alone_and_rounds_nothing(mail):
    page = seen(mail, "outlook")

    assert "padding" in properties(page, "//td")
    assert "padding" not in properties(page, "//*[not(self::td)]")
    lost = {"border-radius", "max-width", "max-height", "overflow", "overflow-wrap", "white-space"}
    assert lost & properties(page, "//*") == set()
    assert "@media" not in blocks(page)


def test_words_engine_hides_the_preheader_and_shows_blocks_as_they_come(mail):
    page = html.document_fromstring(seen(mail, "outlook"))

    displays = {style for style in page.xpath("//*/@style") if "display" in style}
    assert all("display:none" in style for style in displays)
    assert "display:none" in page.find_class("pre")[0].get("style")


def test_the_table_for_word_alone_is_there_for_word_alone(mail):
    ghost = "//table[@width='600']"

    found = {
        name: len(html.document_fromstring(seen(mail, name)).xpath(ghost)) for name in PROGRAMS
    }

    assert found == dict.fromkeys(PROGRAMS, 0) | {"outlook": 1}
    assert "OfficeDocumentSettings" not in seen(mail, "outlook")


def test_without_pictures_their_words_and_their_room_are_left(mail):
    page = html.document_fromstring(seen(mail, look=Look(pictures=False)))

    pictures = page.xpath("//img")
    assert {picture.get("src") for picture in pictures} == {"data:,"}
    assert all(picture.get("alt") and picture.get("width") for picture in pictures)
