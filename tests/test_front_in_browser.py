"""The desk's front page in a real browser: to be used by everyone, on any screen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from newsletter.models import CheckUp, Erratum, ReaderDay, Report
from papers.models import Summary
from tests.desk import violations
from tests.factories import DAY, make_edition, make_leaving_edition


@pytest.fixture
def open_front(open_page):
    return lambda language="": open_page(f"{language}/admin/")


@pytest.fixture
def full(transactional_db, daily_papers):
    """Something stands in each part."""
    now = timezone.now()
    make_edition(papers=3, not_before=now + timedelta(hours=8), hold_reason="Look at no. 3.")
    Summary.objects.filter(language="ko").delete()
    ended = {"state": "done", "done_at": now, "final_counts": {"accepted": 1_000_000}}
    done = make_leaving_edition(date=DAY - timedelta(days=1), **ended)
    paper = done.entries.get().paper
    Erratum.objects.create(edition=done, paper=paper, kind="withdrawn", found_at=now)
    Report.objects.create(edition=done, counted_at=now, told=[{"hard": 1_204}])
    for ago in range(30):
        ReaderDay.objects.create(
            newsletter=daily_papers,
            date=now.date() - timedelta(days=ago),
            confirmed_count=1_000_000 - 300 * ago,
            joined_count=400 - 10 * ago,
            left_count=ago * 3,
        )
    kept = [
        {"check": "broker", "name": "broker-away", "level": "stop", "facts": {}},
        {"check": "debug", "name": "debug", "level": "warning", "facts": {}},
    ]
    CheckUp.objects.create(pk=CheckUp.ONLY, at=now, findings=kept)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_the_front_page(open_front, page, full, language, scheme):
    page.emulate_media(color_scheme=scheme)
    front = open_front(language)
    for folded in front.locator("details").all():
        folded.evaluate("details => { details.open = true; }")

    assert violations(front) == {}


@pytest.mark.parametrize("width", [320, 390, 768, 1200])
def test_the_front_page_fits_every_screen(open_front, page, full, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_front()

    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [390, 1200])
def test_what_is_drawn_is_read_out_as_a_table(open_front, page, full, width):
    page.set_viewport_size({"width": width, "height": 800})
    front = open_front("/en")
    front.get_by_text("As a table").press("Enter")

    numbers = front.get_by_role("row", name="1,000,000").first
    expect(numbers.get_by_role("cell")).to_have_text(["1,000,000", "0", "1,204", "0", "0"])
    today = front.get_by_role("table", name="by day").get_by_role("row").nth(1)
    expect(today.get_by_role("cell")).to_have_text(["1,000,000", "400", "0"])


def test_the_way_from_the_front_page_to_an_edition_is_one_link(open_front, full):
    front = open_front("/en")

    front.locator(".coming a").first.click()

    expect(front.get_by_text("Look at no. 3.")).to_be_visible()
