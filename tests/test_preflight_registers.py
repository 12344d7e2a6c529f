"""Which summaries end their sentences in another style than the rest of their edition."""

import pytest
from django.utils.translation import override

from newsletter.models import Edition
from newsletter.preflight import preflight
from papers.models import Summary
from tests.factories import make_edition, make_paper, make_summary

pytestmark = pytest.mark.django_db


def warnings(edition: Edition) -> list[str]:
    with override("en"):
        findings = preflight(edition).findings
    return [each.sentence for each in findings if each.check == "registers"]


def in_style(whats_new: str, **fields):
    paper = make_paper()
    others = {"technical_details": "", "performance_highlights": ""}
    make_summary(paper, "ko", whats_new=whats_new, **others | fields)
    return paper


POLITE = "지도를 만들었습니다. 길을 찾습니다."


@pytest.mark.parametrize(
    ("odd", "ending"),
    [("새로운 지도를 만들었다.", "…새로운 지도를 만들었다"), ("지도를 제안함.", "…지도를 제안함")],
)
def test_the_odd_one_out_is_named_with_its_ending(odd, ending):
    edition = make_edition(papers=[in_style(POLITE), in_style(odd), in_style(POLITE)])

    assert warnings(edition) == [
        "In 한국어, no. 2 ends its sentences in another style than most of this edition: "
        f"“{ending}”."
    ]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (POLITE, {}),
        ("지도를 만들었다. 길을 찾습니다.", {}),  # mixed in itself: said elsewhere
        ("A map is made.", {"text_language": "en", "writer": Summary.Writer.EXTRACT}),
        ("ParcelNet", {}),
    ],
)
def test_what_has_the_usual_style_or_none_of_its_own_is_left_alone(words, fields):
    edition = make_edition(papers=[in_style(POLITE), in_style(words, **fields), in_style(POLITE)])

    assert warnings(edition) == []
