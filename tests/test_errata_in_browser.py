"""Errata in a real browser: to be read and decided by everyone, on any screen."""

import os
from pathlib import Path

import pytest
from django.utils import timezone

from newsletter.models import Erratum
from tests.desk import violations
from tests.factories import make_leaving_edition, make_paper

AT = "/admin/newsletter/erratum/"
FIGURE = {
    "part": "performance_highlights",
    "printed": "SummHay에서 상위 모델의 인용 품질은 56%로, 사람보다 10점 낮았습니다.",
    "now": "Long-context models lag behind our estimate of human performance (52%) by 14 points.",
    "figures": ["56%", "10"],
}


@pytest.fixture
def erratum(transactional_db, daily_papers) -> Erratum:
    """Of an edition that is done, with figures that stand no longer in both languages."""
    now = timezone.now()
    paper = make_paper(
        title="Summary of a Haystack: A Challenge to Long-Context LLMs and RAG Systems"
    )
    edition = make_leaving_edition(papers=[paper], state="done", done_at=now, approved_at=now)
    edition.renditions.update(frozen_at=now, sha256="0" * 64)
    english = FIGURE | {"language": "en", "printed": "The best models reach 56% of citations."}
    differences = [FIGURE | {"language": "ko"}, english]
    about = {"edition": edition, "paper": paper, "found_at": now}
    Erratum.objects.create(**about, kind="withdrawn")
    return Erratum.objects.create(**about, kind="revised", version=3, differences=differences)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("width", [390, 1200])
def test_everyone_can_read_an_erratum_and_decide(open_page, page, erratum, language, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})

    for name, path in (("list", AT), ("page", f"{AT}{erratum.pk}/change/")):
        shown = open_page(f"{language}{path}")
        if folder := os.environ.get("SHOTS"):
            shot = f"{name}-{language[1:] or 'ko'}-{scheme}-{width}.png"
            shown.screenshot(path=Path(folder) / shot, full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert violations(shown) == {}


def test_a_correction_is_one_click_from_its_erratum(open_page, erratum):
    shown = open_page(f"/en{AT}{erratum.pk}/change/")

    shown.get_by_role("button", name="Draft the correction").click()

    shown.wait_for_url("**/newsletter/edition/*/change/")
    assert "version 3" in shown.locator("textarea[name$=intro]").nth(1).input_value()
