"""What is said of mail programs."""

import re

import pytest

from newsletter.render.programs import CELLS, PROGRAMS, Gap

PADDING = Gap("css-padding", ("padding",), kept_on=CELLS)
MARGIN = Gap("css-margin", ("margin",), lost_words=frozenset({"auto"}))


@pytest.mark.parametrize(
    ("gap", "declaration", "taken"),
    [
        (PADDING, ("p", "padding", "0"), True),
        (PADDING, ("a", "padding-left", "2px"), True),
        (PADDING, ("td", "padding", "0"), False),
        (PADDING, ("p", "margin", "0"), False),
        (MARGIN, ("table", "margin", "16px auto 0"), True),
        (MARGIN, ("table", "margin", "16px 0 0"), False),
        (
            Gap("css-display", ("display",), kept_values=frozenset({"none"})),
            ("a", "display", "none"),
            False,
        ),
        (Gap("css-max-width", ("max-width",)), ("table", "width", "100%"), False),
    ],
)
def test_a_gap_takes_its_properties_and_no_others(gap, declaration, taken):
    assert gap.takes(*declaration) is taken


def test_what_nobody_tried_names_no_source():
    untried = [program.name for program in PROGRAMS.values() if not program.is_tried]

    assert untried == ["naver"]
    assert PROGRAMS["naver"].left_out == {}


def test_each_gap_says_where_it_is_from():
    urls = [gap.url for program in PROGRAMS.values() for gap in program.gaps]

    assert all(re.fullmatch(r"https://www\.caniemail\.com/features/[\w-]+/", url) for url in urls)
