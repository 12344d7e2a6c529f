"""An editor's morning at the desk, in a real browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from newsletter.models import Edition
from tests.desk import desk_url, violations
from tests.factories import make_edition, make_paper

TITLES = ["Alpha", "Beta", "Gamma", "Delta"]


@pytest.fixture
def edition(transactional_db) -> Edition:
    return make_edition(papers=[make_paper(title=title) for title in TITLES])


@pytest.fixture
def desk(open_page, edition) -> Page:
    return open_page(desk_url(edition))


def order(edition: Edition) -> list[str]:
    return [entry.paper.title for entry in edition.printed_entries()]


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has_text=title)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def save(page: Page) -> None:
    press(page, "저장")
    expect(page.get_by_text("저장했습니다.")).to_be_visible()


def test_an_editors_morning(desk, edition):
    card(desk, "Beta").get_by_text("빼기").click()
    card(desk, "Gamma").get_by_text("메모").click()
    card(desk, "Gamma").get_by_role("textbox").fill("먼저 읽어 보십시오.")
    save(desk)

    mail = desk.frame_locator("iframe[title='한국어 메일']")
    expect(mail.get_by_text("먼저 읽어 보십시오.")).to_be_visible()
    expect(mail.get_by_text("Beta")).to_have_count(0)

    press(desk, "승인")
    expect(desk.get_by_text("승인했습니다.")).to_be_visible()
    expect(desk.locator("textarea, .grip")).to_have_count(0)
    expect(desk.get_by_role("button", name="승인 거두기")).to_be_visible()
    edition.refresh_from_db()
    assert (edition.state, order(edition)) == ("approved", ["Alpha", "Gamma", "Delta"])


def test_a_page_with_unsaved_changes_asks_before_it_is_left(desk, edition):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    desk.locator("[name=renditions-0-subject]").fill("소포")
    desk.get_by_role("link", name="지면").first.click()

    assert asked == ["beforeunload"]


def test_a_paper_is_added_by_words_of_its_title(desk, edition):
    make_paper(title="Omega Letters", categories=["cs.CL"])

    desk.get_by_label("논문 넣기").fill("omega")
    press(desk, "넣기")
    expect(desk.get_by_text("넣음: Omega Letters").first).to_be_visible()

    assert order(edition) == [*TITLES, "Omega Letters"]


def test_the_words_that_are_changed_are_marked_as_they_are_typed(open_page, edition):
    summary = edition.entries.first().paper.summaries.get(language="ko")
    url = f"/admin/papers/summary/{summary.pk}/change/"
    page = open_page(f"{url}?back={desk_url(edition)}")
    before = summary.whats_new
    field = page.get_by_label("새로운 점")

    field.fill(f"{before} 정말로.".replace("지도를", "길을"))
    typed = page.locator(".words.typed").nth(1)
    marks = [typed.locator(kind).all_text_contents() for kind in ("del", "ins")]
    press(page, "저장")
    page.goto(page.url.partition("/admin/")[0] + url)

    saved = page.locator(".rewritings .words").first
    assert marks == [[" 지도를"], [" 길을", " 정말로."]]
    assert [saved.locator(kind).all_text_contents() for kind in ("del", "ins")] == marks


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_the_desk(open_page, page, edition, language, scheme):
    page.emulate_media(color_scheme=scheme)
    summary = edition.entries.first().paper.summaries.first()
    paths = [
        "/admin/",
        "/admin/newsletter/edition/",
        f"/admin/newsletter/edition/{edition.pk}/change/",
        f"/admin/papers/summary/{summary.pk}/change/",
        f"/admin/newsletter/newsletter/{edition.newsletter_id}/change/",
    ]

    found = {path: violations(open_page(f"{language}{path}")) for path in paths}

    assert found == {path: {} for path in paths}


def test_no_sideways_scrolling_on_a_small_phone(page, open_page, edition):
    page.set_viewport_size({"width": 320, "height": 640})
    open_page(desk_url(edition))

    assert page.evaluate("document.documentElement.scrollWidth") == 320
