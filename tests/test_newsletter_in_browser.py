"""Another newsletter, from the form to the mail, without anybody who installs something."""

from datetime import date

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from newsletter.models import Newsletter
from tests.desk import desk_url, log_in
from tests.factories import make_editor, make_subscription
from tests.stand_ins import serve_arxiv

DAY = date(2022, 2, 24)
ADD = "/admin/newsletter/newsletter/add/"


@pytest.fixture
def arxiv(httpserver, settings, shared_data):
    settings.ARXIV_API_URL = serve_arxiv(httpserver, shared_data / "arxiv")


@pytest.fixture
def desk(page: Page, live_server, client, plain_cookies, transactional_db) -> Page:
    log_in(page, client, live_server.url, make_editor(is_superuser=True))
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill_in(page) -> None:
    page.get_by_label("이름*", exact=True).fill("Software Weekly")
    page.keyboard.press("Tab")
    expect(page.get_by_label("링크에 쓰는 이름")).to_have_value("software-weekly")
    page.get_by_label("출처*", exact=True).select_option("arxiv")
    page.get_by_label("arXiv 분야").fill("cs.SE")
    page.get_by_label("며칠 뒤 배달").fill("3")
    page.get_by_label("시간대*", exact=True).fill("Europe/Berlin")
    page.get_by_label("토요일").check()
    page.get_by_label("한국어", exact=True).uncheck()
    page.get_by_label("주된 언어").select_option("en")
    page.get_by_label("보내는 이름").fill("Software Desk")
    page.get_by_label("보내는 주소").fill("desk@software.example.org")
    page.get_by_label("우편 주소").fill("1 Letter Lane")


def test_a_newsletter_that_was_filled_in_is_built_approved_and_mailed(
    desk, live_server, arxiv, relay
):
    desk.goto(f"{live_server.url}{ADD}")
    fill_in(desk)
    press(desk, "저장")
    expect(desk.get_by_text("다음 지면은")).to_be_visible()
    Newsletter.objects.update(undo_seconds=0)
    made = Newsletter.objects.get(slug="software-weekly")
    make_subscription("dana@example.org", made)
    make_subscription("alice@example.org")

    call_command("build_edition", DAY.isoformat(), "--newsletter", made.slug)
    desk.goto(f"{live_server.url}{desk_url(made.editions.get())}")
    press(desk, "승인")
    expect(desk.get_by_text("승인했습니다. 독자는")).to_be_visible()
    call_command("send_edition", DAY.isoformat(), "--newsletter", made.slug, "--wait")

    assert made.weekdays == [1, 2, 3, 4, 5, 6]
    assert (made.source, made.languages, made.time_zone) == (
        "arxiv:cs.SE",
        ["en"],
        "Europe/Berlin",
    )
    assert relay.recipients == ["dana@example.org"]
    [mail] = relay.messages()
    assert mail["From"] == "Software Desk <desk@software.example.org>"
    text = mail.get_body(["plain"]).get_content()
    assert "Testing Deep Learning Models" in text
    assert "1 Letter Lane" in text
    assert "Discussion" not in text
