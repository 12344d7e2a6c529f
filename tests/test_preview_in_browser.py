"""The mail beside the list, as an editor sees it in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from newsletter.models import Edition
from tests.desk import desk_url, log_in
from tests.factories import make_edition, make_editor, make_paper

DARK_PAPER, WHITE = "rgb(23, 22, 20)", "rgb(255, 255, 255)"


@pytest.fixture
def edition(transactional_db) -> Edition:
    papers = [make_paper(title=f"Paper {number}") for number in range(1, 9)]
    return make_edition(papers=papers)


@pytest.fixture
def desk(page: Page, live_server, client, plain_cookies, edition) -> Page:
    log_in(page, client, live_server.url, make_editor())
    page.goto(f"{live_server.url}{desk_url(edition)}")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def mail(page: Page):
    return page.frame_locator("iframe[name=mail]")


def choose(page: Page, name: str) -> None:
    """As a person does: on the words, since the round buttons are not drawn."""
    page.locator(".looks label", has_text=name).click()


def paper_colour(page: Page) -> str:
    return mail(page).locator("body").evaluate("body => getComputedStyle(body).backgroundColor")


def scrolled(page: Page) -> float:
    return page.locator("iframe[name=mail]").evaluate("frame => frame.contentWindow.scrollY")


def scroll(page: Page, down: int) -> None:
    page.locator("iframe[name=mail]").evaluate(
        "(frame, down) => frame.contentWindow.scrollTo(0, down)", down
    )


def test_each_language_is_shown_on_a_phone_a_desktop_and_as_text(desk):
    page = mail(desk).locator("html")
    expect(mail(desk).get_by_text("논문 8편")).to_be_visible()
    phone = page.evaluate("page => page.clientWidth")
    choose(desk, "컴퓨터")
    desktop = page.evaluate("page => page.clientWidth")
    choose(desk, "English")
    expect(desk.locator("iframe[title='English 메일']")).to_be_visible()
    expect(mail(desk).get_by_text("8 papers", exact=False).first).to_be_visible()
    choose(desk, "글")
    expect(mail(desk).locator("pre")).to_contain_text("PAPERBOY")

    assert (phone, desktop) == (390, 700)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dark_of_the_preview_is_the_mails_own_whatever_the_desk_wears(desk, scheme):
    desk.emulate_media(color_scheme=scheme)
    expect(mail(desk).get_by_text("Paper 1").first).to_be_visible()

    light = paper_colour(desk)
    choose(desk, "어둡게")
    expect(mail(desk).locator("body")).to_have_css("background-color", DARK_PAPER)
    desk.get_by_label("어디에서 보는지").select_option("gmail")
    expect(mail(desk).locator("body")).to_have_css("background-color", WHITE)

    assert light == WHITE


def test_a_saved_change_is_shown_where_the_mail_was_scrolled_to(desk):
    expect(mail(desk).get_by_text("Paper 8").first).to_be_attached()
    choose(desk, "어둡게")
    expect(mail(desk).locator("body")).to_have_css("background-color", DARK_PAPER)
    scroll(desk, 900)

    desk.locator(".card", has_text="Paper 3").get_by_text("메모").click()
    desk.locator(".card", has_text="Paper 3").get_by_role("textbox").fill("먼저 읽어 보십시오.")
    press(desk, "저장")
    expect(desk.get_by_text("저장했습니다.")).to_be_visible()

    expect(mail(desk).get_by_text("먼저 읽어 보십시오.")).to_be_attached()
    expect(mail(desk).locator("body")).to_have_css("background-color", DARK_PAPER)
    desk.wait_for_function(
        "document.querySelector('iframe[name=mail]').contentWindow.scrollY === 900"
    )


def test_what_saves_without_leaving_the_page_has_the_mail_shown_again_in_its_place(desk, edition):
    expect(mail(desk).get_by_text("Paper 8").first).to_be_attached()
    scroll(desk, 700)
    edition.renditions.update(intro="새 머리말입니다.", subject="새 제목입니다")

    desk.evaluate("document.dispatchEvent(new Event('edition:saved'))")

    expect(mail(desk).get_by_text("새 머리말입니다.")).to_be_attached()
    desk.wait_for_function(
        "document.querySelector('iframe[name=mail]').contentWindow.scrollY === 700"
    )
    expect(desk.locator(".inbox[data-language=ko] .subject").first).to_have_text("새 제목입니다")


def test_what_is_typed_is_drawn_as_inboxes_show_it(desk):
    subject = desk.locator(".rendition[data-language=en] input[name$=-subject]")

    subject.fill("Letters Home, and much more than any phone has room for in its list of mails")
    inbox = desk.locator(".inbox[data-language=en]")
    expect(inbox.get_by_text("제목 잘림")).to_have_count(3)
    expect(inbox.locator(".warning")).to_have_text(
        "제목을 다 보여 주는 전화기가 없습니다. 중요한 말로 시작해 주세요."
    )
    expect(desk.locator(".preview [role=status]")).to_have_text(
        "제목을 다 보여 주는 전화기가 없습니다. 중요한 말로 시작해 주세요."
    )

    subject.fill("")
    expect(inbox.locator(".subject").first).to_contain_text("Paper 1 and 7 more")
    assert subject.get_attribute("placeholder").startswith("Paper 1 and 7 more")


def test_the_length_of_the_mail_is_told_beside_it(desk):
    expect(desk.locator(".weight[data-language=ko]")).to_contain_text("102 KB")


def test_choosing_a_look_is_no_change_that_has_to_be_saved(desk):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    choose(desk, "어둡게")
    choose(desk, "그림 없이")
    desk.get_by_role("link", name="지면").first.click()
    expect(desk).to_have_url(re.compile("/admin/newsletter/edition/$"))

    assert asked == []


def test_everything_is_chosen_by_the_keyboard(desk):
    desk.locator(".looks [name=language][value=ko]").focus()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("iframe[title='English 메일']")).to_be_visible()
    desk.keyboard.press("Tab")
    desk.keyboard.press("ArrowRight")
    expect(desk.locator(".frame")).to_have_class("frame desktop")
    desk.keyboard.press("Tab")
    desk.keyboard.press("ArrowRight")
    expect(mail(desk).locator("body")).to_have_css("background-color", DARK_PAPER)


def test_without_script_the_form_shows_the_mail_that_was_chosen(
    browser, live_server, edition, client, plain_cookies
):
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(page, client, live_server.url, make_editor())
    page.goto(f"{live_server.url}{desk_url(edition)}")

    choose(page, "English")
    choose(page, "어둡게")
    press(page, "보기")

    expect(mail(page).get_by_text("8 papers", exact=False).first).to_be_visible()
    expect(mail(page).locator("body")).to_have_css("background-color", DARK_PAPER)
    page.context.close()


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it(desk, scheme, width):
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    desk.locator(".truth summary").click()
    expect(desk.locator(".weight[data-language=ko]")).to_contain_text("102 KB")

    found = Axe().run(desk, ".preview").response["violations"]

    assert {each["id"]: [node["html"][:200] for node in each["nodes"]] for each in found} == {}
