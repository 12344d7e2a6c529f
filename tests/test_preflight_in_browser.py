"""From a stop to an approval, and back within the time to undo, in a real browser."""

import pytest
from playwright.sync_api import expect

from newsletter.models import Edition, Override
from newsletter.preflight.visits import urls_of
from tests.desk import desk_url, violations
from tests.factories import (
    default_newsletter,
    make_edition,
    make_paper,
    make_summary,
    make_visit,
)
from tests.test_desk_in_browser import press

DEAD = "https://code.example/parcels"
INVENTED = "Transformer self-attention feed-forward BERT ImageNet GAN WMT"


@pytest.fixture
def edition(transactional_db) -> Edition:
    """With a dead link and an invented summary."""
    make_visit(DEAD, state="gone", said="HTTP 404 Not Found")
    papers = [make_paper(title="Alpha", code_url=DEAD), make_paper(title="Beta")]
    make_summary(papers[1], "ko", whats_new=INVENTED)
    edition = make_edition(papers=papers)
    newsletter = default_newsletter()
    newsletter.undo_seconds = 60
    newsletter.save()
    return edition


def let_pass(page, sentence: str, reason: str) -> None:
    stop = page.locator(".findings > li", has_text=sentence)
    stop.locator("summary").click()
    stop.get_by_role("textbox").fill(reason)
    stop.locator("button").click()
    expect(page.get_by_text("적어 두었습니다.")).to_be_visible()


def test_stops_are_let_pass_with_reasons_and_one_click_undoes_an_approval(open_page, edition):
    page = open_page(desk_url(edition))
    expect(page.get_by_text("2가지가 이 지면을 막고 있습니다.")).to_be_visible()
    expect(page.get_by_role("button", name="승인", exact=True)).to_be_disabled()
    expect(page.get_by_role("link", name="2가지가 막고 있습니다")).to_be_visible()

    let_pass(page, "끊어진 링크", "오늘 옮긴다고 합니다.")
    let_pass(page, "지어낸", "농담입니다.")
    press(page, "승인")
    left = page.get_by_role("timer")
    expect(left).to_have_text("55초", timeout=15_000)
    press(page, "멈추고 초안으로 되돌리기")
    expect(page.get_by_text("승인을 거두었습니다.")).to_be_visible()

    edition.refresh_from_db()
    assert edition.state == Edition.State.DRAFT
    assert [word.reason for word in Override.objects.all()] == [
        "오늘 옮긴다고 합니다.",
        "농담입니다.",
    ]


def test_a_page_looks_again_by_itself_once_links_have_answered(open_page, transactional_db):
    edition = make_edition()
    page = open_page(f"/en{desk_url(edition)}")
    waits = page.get_by_text("this page looks again by itself")
    expect(waits).to_be_visible()
    with page.expect_response(lambda answer: "since=" in answer.url) as first:
        pass

    for url in urls_of(edition):
        make_visit(url)

    expect(waits).to_be_hidden(timeout=15_000)
    assert page.locator("#preflight [hx-trigger^=every]").count() == 0
    assert first.value.status == 204


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_it(open_page, page, edition, language, scheme):
    page.emulate_media(color_scheme=scheme)
    path = f"{language}/admin/newsletter/edition/{edition.pk}/change/"

    as_it_is = violations(open_page(path))
    page.locator(".findings summary").first.click()
    with_a_form = violations(page)

    assert (as_it_is, with_a_form) == ({}, {})


def test_it_fits_a_small_phone(open_page, page, edition):
    page.set_viewport_size({"width": 320, "height": 640})
    open_page(desk_url(edition))

    assert page.evaluate("document.documentElement.scrollWidth") == 320
