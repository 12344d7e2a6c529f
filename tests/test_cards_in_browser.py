"""Thirty cards, moved by mouse, by keyboard and by finger; two editors; and without JavaScript."""

import re

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from newsletter.models import Edition
from papers.sources import arxiv
from tests.desk import desk_url, violations
from tests.factories import make_edition, make_editor, make_paper
from tests.stand_ins import serve_arxiv

TITLES = [f"Paper {number:02}" for number in range(1, 31)]
TALL = {"width": 1200, "height": 7000}  # holds thirty cards
PHONE = {"width": 390, "height": 844}
SAVED = "저장했습니다."
SETTLED = 300  # milliseconds: a hand rests for as long before it lets go


@pytest.fixture
def edition(transactional_db) -> Edition:
    return make_edition(papers=[make_paper(title=title) for title in TITLES])


@pytest.fixture
def open_desk(browser, live_server, transactional_db, plain_cookies, settings):
    """Opens the desk in a browser of its own for an editor of that name."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(edition: Edition, name: str = "kim", language: str = "", **options) -> Page:
        context = browser.new_context(**({"viewport": TALL} | options))
        contexts.append(context)
        client = Client()
        client.force_login(make_editor(name, email=f"{name}@paperboy.example"))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("https://**", lambda route: route.abort())
        page.goto(f"{live_server.url}{language}{desk_url(edition)}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def order(edition: Edition) -> list[str]:
    return [entry.paper.title for entry in edition.printed_entries()]


def shown(page: Page) -> list[str]:
    """The titles on the desk, but for those that are taken out."""
    return page.locator(".card:not(:has(input[name$='-hidden']:checked)) .tt").all_text_contents()


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has_text=title)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def saved(page: Page) -> None:
    expect(page.locator(".saved")).to_have_text(SAVED)


def moved(titles: list[str], title: str, number: int) -> list[str]:
    rest = [other for other in titles if other != title]
    rest.insert(number - 1, title)
    return rest


def centre(box: dict) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, title: str, onto: str) -> None:
    up, x, edge = lift(page, title, onto)
    page.mouse.move(x + 20, edge, steps=25)
    for nudge in (0, 3, 6, 9, 12):  # until the card lies where it is wanted
        page.mouse.move(x + 20, edge + (-nudge if up else nudge))
        page.wait_for_timeout(SETTLED)
        if lies_by(page, title, onto, above=up):
            break
    page.mouse.up()


def lift(page: Page, title: str, onto: str) -> tuple[bool, float, float]:
    """Which way it has to go, whence, and how far; once pre-flight stands above the cards, which it
    moves. On a busy machine they may still be moving under the hand, which then takes hold again.
    """
    expect(page.locator("#preflight[hx-trigger^='load']")).to_have_count(0)
    for _ in range(5):
        x, y = centre(card(page, title).locator(".grip").bounding_box())
        target = card(page, onto).bounding_box()
        up = target["y"] < y
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 4, y + (-20 if up else 20), steps=4)
        if page.locator(".card.slot").count():
            return up, x, target["y"] + target["height"] * (0.15 if up else 0.85)
        page.mouse.up()
        page.wait_for_timeout(SETTLED)
    pytest.fail(f"{title} cannot be lifted")


def lies_by(page: Page, title: str, other: str, above: bool) -> bool:
    titles = page.locator(".card:not(.lifted) .tt").all_text_contents()
    return titles.index(title) - titles.index(other) == (-1 if above else 1)


def swipe(page: Page, title: str, onto: str) -> None:
    """The same by a finger."""
    finger = page.context.new_cdp_session(page)
    x, y = centre(card(page, title).locator(".grip").bounding_box())
    target = card(page, onto).bounding_box()
    up = target["y"] < y
    end = target["y"] + target["height"] * (0.15 if up else 0.85)

    def touch(kind: str, *points: dict) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 26):
        touch("touchMove", {"x": x, "y": y + (end - y) * step / 25})
        page.wait_for_timeout(8)
    page.wait_for_timeout(SETTLED)
    touch("touchMove", {"x": x, "y": end + (-3 if up else 3)})
    page.wait_for_timeout(SETTLED)
    touch("touchEnd")


def test_thirty_cards_are_put_in_order_with_the_mouse(open_desk, edition):
    desk = open_desk(edition)

    drag(desk, "Paper 30", onto="Paper 01")
    saved(desk)
    drag(desk, "Paper 02", onto="Paper 20")
    saved(desk)

    expected = moved(moved(TITLES, "Paper 30", 1), "Paper 02", 21)
    assert shown(desk) == order(edition) == expected
    expect(desk.locator(".entries > [role=status]")).to_have_text("3번을 21번으로 옮겼습니다.")


def test_thirty_cards_are_put_in_order_by_the_keyboard_alone(open_desk, edition):
    desk = open_desk(edition)

    card(desk, "Paper 30").locator(".grip").focus()
    desk.keyboard.press("Home")
    saved(desk)
    for _press in range(5):
        desk.keyboard.press("ArrowDown")
    saved(desk)
    press(desk, "위로: Paper 10")
    saved(desk)
    press(desk, "맨 앞으로: Paper 15")
    saved(desk)

    expected = moved(moved(TITLES, "Paper 30", 6), "Paper 10", 10)
    expected = moved(expected, "Paper 15", 1)
    assert shown(desk) == order(edition) == expected
    assert desk.evaluate("document.activeElement.ariaLabel") == "맨 앞으로: Paper 15"


def test_thirty_cards_are_put_in_order_by_touch(open_desk, edition):
    phone = open_desk(edition, viewport=PHONE | {"height": 9000}, has_touch=True, is_mobile=True)

    swipe(phone, "Paper 30", onto="Paper 01")
    saved(phone)
    swipe(phone, "Paper 05", onto="Paper 08")
    saved(phone)

    expected = moved(moved(TITLES, "Paper 30", 1), "Paper 05", 9)
    assert shown(phone) == order(edition) == expected


def test_the_mail_has_the_order_of_the_desk(open_desk, edition):
    desk = open_desk(edition)
    press(desk, "맨 앞으로: Paper 17")
    card(desk, "Paper 03").get_by_text("빼기").click()
    drag(desk, "Paper 30", onto="Paper 05")
    saved(desk)
    card(desk, "Paper 08").locator("summary", has_text="머리제목").click()
    headline = card(desk, "Paper 08").get_by_label("한국어 머리제목")
    headline.fill("여덟째 논문")
    headline.blur()
    saved(desk)

    press(desk, "나에게 보내 보기")
    desk.wait_for_load_state()

    titles = re.findall(r"^\d+\. (.+)$", mail.outbox[0].body, re.MULTILINE)
    on_the_desk = shown(desk)
    assert on_the_desk == order(edition)
    assert len(on_the_desk) == 29
    assert titles == ["여덟째 논문" if title == "Paper 08" else title for title in on_the_desk]
    assert "여덟째 논문\nPaper 08\n" in mail.outbox[0].body


def test_everything_on_a_card_is_there_after_the_page_is_loaded_again(open_desk, edition):
    desk = open_desk(edition)
    beta = card(desk, "Paper 02")
    beta.locator("summary", has_text="메모").click()
    beta.locator("textarea").fill("먼저 읽어 보십시오.")
    beta.locator("textarea").blur()
    saved(desk)
    beta.locator("summary", has_text="고정").click()
    beta.get_by_role("button", name="지금 자리").click()
    saved(desk)
    press(desk, "맨 앞으로: Paper 09")
    saved(desk)
    card(desk, "Paper 05").get_by_text("빼기").click()
    saved(desk)

    desk.reload()

    assert shown(desk)[:3] == ["Paper 09", "Paper 02", "Paper 01"]
    expect(beta.locator("textarea")).to_have_value("먼저 읽어 보십시오.")
    expect(beta.locator(".pinned")).to_be_visible()
    expect(desk.locator(".card").last).to_contain_text("Paper 05")


def test_what_was_done_last_is_undone_and_then_what_was_done_before(open_desk, edition):
    desk = open_desk(edition)
    press(desk, "맨 앞으로: Paper 09")
    card(desk, "Paper 05").get_by_text("빼기").click()
    saved(desk)

    for words in ("뺌: Paper 05", "9번을 1번으로 옮김: Paper 09"):
        button = desk.get_by_role("button", name=f"되돌리기 {words}")
        expect(button).to_be_visible()
        button.click()
        expect(button).to_be_hidden()
        saved(desk)

    assert shown(desk) == order(edition) == TITLES


def test_of_two_editors_the_second_sees_both_orders_and_takes_either(open_desk, edition):
    kim, lee = open_desk(edition), open_desk(edition, "lee")
    press(kim, "맨 앞으로: Paper 09")
    saved(kim)

    press(lee, "맨 앞으로: Paper 30")
    conflict = lee.locator(".conflict")
    expect(conflict).to_contain_text("kim")
    yours, theirs = conflict.locator("ol").all()
    orders = [yours.locator("li").all_text_contents(), theirs.locator("li").all_text_contents()]
    refused = order(edition)
    press(lee, "그래도 내 것으로 저장")
    saved(lee)
    press(kim, "맨 앞으로: Paper 11")
    expect(kim.locator(".conflict")).to_be_visible()
    with kim.expect_navigation():
        press(kim, "지금 지면 그대로 두기")

    first = moved(TITLES, "Paper 09", 1)
    assert orders == [moved(TITLES, "Paper 30", 1), first]
    assert refused == first
    assert order(edition) == shown(kim) == shown(lee) == moved(first, "Paper 30", 1)


def test_a_button_waits_until_all_is_saved(open_desk, edition):
    desk = open_desk(edition)
    for title in ("Paper 30", "Paper 29", "Paper 28"):
        press(desk, f"맨 앞으로: {title}")
    press(desk, "승인")
    expect(desk.get_by_text("승인했습니다.")).to_be_visible()

    assert order(edition)[:3] == ["Paper 28", "Paper 29", "Paper 30"]


def test_a_lost_connection_is_said_and_the_change_is_saved_later(open_desk, edition):
    desk = open_desk(edition)
    desk.route("**/curate/", lambda route: route.abort())
    press(desk, "맨 앞으로: Paper 30")
    expect(desk.get_by_text("저장하지 못했습니다.")).to_be_visible()
    desk.unroute("**/curate/")

    press(desk, "다시 해 보기")
    saved(desk)

    assert order(edition)[0] == "Paper 30"


def test_a_paper_is_added_by_its_link(
    open_desk, edition, httpserver, settings, shared_data, monkeypatch
):
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")
    monkeypatch.setattr(arxiv.ARXIV.http.pace, "seconds", 0)
    desk = open_desk(edition)

    box = desk.get_by_label("논문 넣기")
    box.fill("https://arxiv.org/abs/2104.12255v1")
    box.press("Enter")

    expect(desk.get_by_text("넣음: 0").first).to_be_visible()
    assert edition.printed_entries().last().paper.canonical_id == "2104.12255"


def test_without_javascript_all_of_it_is_a_form(open_desk, edition):
    desk = open_desk(edition, java_script_enabled=False)
    desk.get_by_label("Paper 30 번호", exact=True).fill("1")
    card(desk, "Paper 05").get_by_text("빼기").click()
    press(desk, "저장")

    expect(desk.get_by_text(SAVED)).to_be_visible()
    assert order(edition)[:2] == ["Paper 30", "Paper 01"]
    assert "Paper 05" not in order(edition)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_the_cards_the_conflict_and_the_history(
    open_desk, edition, live_server, language, scheme
):
    desk = open_desk(edition, language=language, color_scheme=scheme, viewport=PHONE)
    for details in desk.locator(".card").nth(1).locator("details").all():
        details.locator("summary").click()
    Edition.objects.filter(pk=edition.pk).update(version=9)
    desk.locator(".card").nth(2).get_by_role("button").nth(1).click()
    expect(desk.locator(".conflict")).to_be_visible()
    found = {"conflict": violations(desk)}
    widths = [desk.evaluate("document.documentElement.scrollWidth")]
    desk.locator("[data-take=mine]").click()
    expect(desk.locator(".conflict")).to_have_count(0)
    desk.goto(f"{live_server.url}{language}/admin/newsletter/edition/{edition.pk}/history/")
    found["history"] = violations(desk)
    widths.append(desk.evaluate("document.documentElement.scrollWidth"))

    assert found == {"conflict": {}, "history": {}}
    assert widths == [390, 390]
