"""What inboxes show of a subject and a preheader."""

import pytest

from newsletter.inboxes import INBOXES, PANGRAM, cut, lines, measured, warnings, width


def test_hangul_is_twice_as_wide_as_latin_letters():
    latin = width(PANGRAM) / len(PANGRAM)

    assert width("가나다") == 3
    assert 0.45 < latin < 0.55
    assert width("www") > 2 * width("iii")


def test_a_phone_shows_the_letters_that_were_measured_on_it():
    iphone = INBOXES[0]
    words = (PANGRAM + " ") * 4

    assert abs(len(cut(words, iphone.subject).seen) - 48) <= 2
    assert abs(len(cut(words, iphone.preheader).seen) - 99) <= 2


def test_of_hangul_a_phone_shows_half_as_many():
    seen = cut("소포를 찾는 지도를 만들었습니다 " * 10, measured(48)).seen

    assert 20 <= len(seen) <= 28
    assert seen.endswith("…")


@pytest.mark.parametrize("text", ["", "Alpha", "알파"])
def test_what_has_room_is_whole(text):
    assert (cut(text, 10).seen, cut(text, 10).is_whole) == (text, True)


def test_no_character_is_cut_in_two():
    family = "👨‍👩‍👧"

    assert cut("가" * 8 + family + "나다", 10).seen == "가" * 8 + "…"
    assert cut("가" * 3 + family * 2, 7).seen in ("가" * 3 + "…", "가" * 3 + family + "…")


def test_each_inbox_has_its_line():
    subject = "Letters Home: How Parcels Find Their Way and 11 more"

    shown = {str(line.inbox.label): line.subject.is_whole for line in lines(subject, "")}

    assert list(shown.values()) == [False, False, False]
    assert all(line.subject.is_whole for line in lines("Letters Home", ""))


@pytest.mark.parametrize(
    ("subject", "preheader", "count"),
    [
        ("Letters Home and 3 more", "Letters Home, and 3 more!", 1),
        ("Letters Home", "Letters home: how parcels find their way", 1),
        ("소포를 찾는 지도 외 3편", "소포를 찾는 지도", 1),
        ("Letters Home and 3 more", "Also inside: Maps, Roads, Stamps", 0),
        ("Letters Home", "", 0),
        ("", "Letters Home", 0),
        ("말 " * 60, "Also inside", 1),
    ],
)
def test_an_editor_is_warned_of_what_says_the_same_and_of_what_nobody_sees(
    subject, preheader, count
):
    assert len(list(warnings(subject, preheader))) == count
