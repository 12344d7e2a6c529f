"""A reader's whole way, in a real browser and by the mails in the mailbox: with the keyboard alone,
on a phone, in both languages; and every page on it is for everyone."""

from datetime import timedelta
from email.message import EmailMessage
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils.translation import gettext, override
from lxml import html
from playwright.sync_api import Locator, Page, expect

from newsletter import mailbox
from newsletter.approve import approve_edition
from newsletter.deliver import deliver_edition
from newsletter.models import Newsletter
from newsletter.notify import send_due_notices
from tests.factories import DAY, default_newsletter, make_edition

ADDRESS = "dana@example.org"
PHONE = {"width": 390, "height": 800}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
READ_FOR = 2_100  # ms: whoever is faster is asked to press once more
FRONT = {"ko": "/", "en": "/en/"}


@pytest.fixture
def daily(live_server, settings, tmp_path, transactional_db) -> Newsletter:
    """In print, with its roundup; what is mailed lies in a folder."""
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "newsletter.mailbox.EmailBackend"
    settings.MAILDIR = str(tmp_path / "mail")
    settings.CHANNELS = {"default": f"maildir://{settings.MAILDIR}"}
    return default_newsletter()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_the_front_page_to_the_last_mail(page: Page, live_server, daily, language):
    page.set_viewport_size(PHONE)

    with override(language):
        subscribe(page, live_server.url + FRONT[language])
        confirm(page, link_in(newest_mail(), "/c/"))
        welcome = newest_mail()
        deliver(daily, days=1)
        first = newest_mail()
        choose_the_roundup(page, link_in(first, "/choices/"))
        after_choosing = count()
        deliver(daily, days=2)
        after_a_day = count()
        deliver(daily.roundup, days=2)
        roundup = newest_mail()
        leave_with_one_click(roundup)
        show_that_it_is_over(page, link_in(roundup, "/u/"))
        for newsletter in (daily, daily.roundup):
            deliver(newsletter, days=9)

    assert len({mail["Subject"] for mail in (welcome, first, roundup)}) == 3
    assert (after_choosing, after_a_day, count()) == (3, 3, 4)
    assert page.context.cookies() == []


def subscribe(page: Page, front: str) -> None:
    page.goto(front)
    is_for_everyone(page)
    reach(page, page.locator("#subscribe [name=email]"))
    page.keyboard.type(ADDRESS)
    page.wait_for_timeout(READ_FOR)
    page.keyboard.press("Enter")
    shows(page, "We have sent a confirmation.")


def confirm(page: Page, link: str) -> None:
    page.goto(link)
    is_for_everyone(page)
    reach(page, page.get_by_role("button", name=gettext("Confirm subscription")))
    page.keyboard.press("Enter")
    shows(page, "Welcome.")


def choose_the_roundup(page: Page, link: str) -> None:
    page.goto(link)
    is_for_everyone(page)
    reach(page, page.locator("[name=rhythm][value=daily]"))
    page.keyboard.press("ArrowDown")
    reach(page, page.get_by_role("button", name=gettext("Save")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(gettext("Saved."))
    is_for_everyone(page)


def leave_with_one_click(mail: EmailMessage) -> None:
    """As a mail provider does it (RFC 8058): no cookie, no token, no page."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    for _ in range(2):
        with urlopen(Request(link, b"List-Unsubscribe=One-Click")) as answer:
            assert (answer.status, answer.headers.get_all("Set-Cookie")) == (200, None)


def show_that_it_is_over(page: Page, link: str) -> None:
    page.goto(link)
    shows(page, "You are unsubscribed.")


def reach(page: Page, wanted: Locator) -> None:
    """By the Tab key."""
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {wanted}")


def shows(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(gettext(heading))
    is_for_everyone(page)


def is_for_everyone(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def deliver(newsletter: Newsletter, *, days: int) -> None:
    edition = make_edition(newsletter, papers=2, date=DAY + timedelta(days=days))
    deliver_edition(approve_edition(edition))


def count() -> int:
    send_due_notices()
    return len(mailbox.letters())


def newest_mail() -> EmailMessage:
    """To the reader, once what is due has been sent."""
    send_due_notices()
    letter = max(mailbox.letters(), key=lambda each: each.path.stat().st_mtime_ns)
    message = letter.message()
    assert message["To"] == ADDRESS
    return message


def link_in(mail: EmailMessage, part: str) -> str:
    """As the mail's own HTML has it."""
    page = html.fromstring(mail.get_body(("html",)).get_content())
    return next(link for _, _, link, _ in page.iterlinks() if part in link)
