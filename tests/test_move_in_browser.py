"""A change of address as a reader does it: with the keyboard, on a phone, from real mails."""

import pytest
from playwright.sync_api import Page, expect

from newsletter import mailbox
from newsletter.models import Newsletter, Subscriber
from newsletter.notify import send_due_notices
from tests.factories import make_subscription

WORDS = {
    "ko": (
        "주소 바꾸기",
        "두 주소로 메일 받기",
        "이제 다른 주소가 남았습니다",
        "주소를 옮겼습니다.",
    ),
    "en": ("Change your address", "Ask both addresses", "Now the other address", "It has moved."),
}


@pytest.fixture
def site(live_server, settings, tmp_path):
    Newsletter.objects.get_or_create(slug=Newsletter.DEFAULT_SLUG, name="Daily Papers")
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "newsletter.mailbox.EmailBackend"
    settings.MAILDIR = str(tmp_path / "mail")
    return live_server.url


def link_mailed_to(address: str, part: str) -> str:
    send_due_notices()
    bodies = [
        each.message().get_body(("plain",)).get_content()
        for each in mailbox.letters()
        if each.message()["To"] == address
    ]
    return next(line for line in bodies[0].splitlines() if part in line)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_reader_finds_the_settings_again_and_moves(page: Page, site, language):
    settings, ask, waiting, moved = WORDS[language]
    make_subscription("emma@example.org", language=language)
    page.set_viewport_size({"width": 390, "height": 800})

    page.goto(site + ("/" if language == "ko" else "/en/"))
    page.locator("footer a[href$='/choices/']").press("Enter")
    page.get_by_role("textbox").fill("emma@example.org")
    page.keyboard.press("Enter")
    expect(page.locator("main form")).to_have_count(0)
    page.goto(link_mailed_to("emma@example.org", "/choices/"))
    page.get_by_role("link", name=settings).press("Enter")
    page.get_by_role("textbox").fill("emma@example.net")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=ask)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main form")).to_have_count(0)
    for address, said in (("emma@example.net", waiting), ("emma@example.org", moved)):
        page.goto(link_mailed_to(address, "/m/"))
        page.get_by_role("button").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(said)

    assert [each.email for each in Subscriber.objects.all()] == ["emma@example.net"]
    assert page.context.cookies() == []
