"""An editor's morning at the desk, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from newsletter.models import Edition
from tests.desk import desk_url
from tests.factories import make_edition, make_editor, make_paper

TITLES = ["Alpha", "Beta", "Gamma", "Delta"]
# Unfold's frame has no <main>, and its scroll bars bear one name.
UNFOLDS_OWN = {"landmark-one-main", "region", "landmark-unique"}


@pytest.fixture
def edition(transactional_db) -> Edition:
    return make_edition(papers=[make_paper(title=title) for title in TITLES])


@pytest.fixture
def open_page(page: Page, live_server, client, transactional_db, plain_cookies, settings):
    """Opens a page of the desk, logged in; what the console complains of fails the test."""
    complaints: list[str] = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("https://**", lambda route: route.abort())
    client.force_login(make_editor(email="kim@paperboy.example"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )

    def opened(path: str) -> Page:
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    assert [text for text in complaints if "net::ERR_FAILED" not in text] == []


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


def drag(page: Page, title: str, below: str) -> None:
    grip, target = card(page, title).locator(".grip"), card(page, below)
    start, end = grip.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 12, start["y"] + 40, steps=5)
    page.mouse.move(end["x"] + 40, end["y"] + end["height"] * 0.8, steps=15)
    page.mouse.up()


def test_a_card_dragged_with_the_mouse_stays_where_it_was_dropped(desk, edition):
    drag(desk, "Alpha", below="Gamma")
    expect(desk.get_by_role("status").first).to_have_text("1번을 3번으로 옮겼습니다.")
    save(desk)

    assert order(edition) == ["Beta", "Gamma", "Alpha", "Delta"]


def test_a_card_is_moved_by_the_keyboard_alone(desk, edition):
    card(desk, "Alpha").locator(".grip").focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(card(desk, "Alpha").locator(".rank")).to_have_text("3")
    save(desk)

    assert order(edition) == ["Beta", "Gamma", "Alpha", "Delta"]


def test_a_card_is_moved_by_its_buttons(desk, edition):
    press(desk, "맨 앞으로: Delta")
    press(desk, "아래로: Alpha")
    press(desk, "위로: Gamma")
    save(desk)

    assert order(edition) == ["Delta", "Beta", "Gamma", "Alpha"]


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

    press(desk, "아래로: Alpha")
    desk.get_by_role("link", name="지면").first.click()

    assert asked == ["beforeunload"]


def test_a_paper_is_added_by_typing_its_title(desk, edition):
    make_paper(title="Omega Letters")

    desk.locator(".add .select2-selection").click()
    desk.keyboard.type("omega")
    desk.get_by_role("option", name="Omega Letters").click()
    save(desk)

    assert order(edition) == [*TITLES, "Omega Letters"]


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

    found = {path: violations(Axe().run(open_page(f"{language}{path}"))) for path in paths}

    assert found == {path: {} for path in paths}


def violations(found) -> dict[str, list[str]]:
    return {
        violation["id"]: [node["html"][:200] for node in violation["nodes"]]
        for violation in found.response["violations"]
        if violation["id"] not in UNFOLDS_OWN
    }


def test_no_sideways_scrolling_on_a_small_phone(page, open_page, edition):
    page.set_viewport_size({"width": 320, "height": 640})
    open_page(desk_url(edition))

    assert page.evaluate("document.documentElement.scrollWidth") == 320
