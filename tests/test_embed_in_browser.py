"""The form on a page of another site, and the proof of work, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page, expect

from newsletter import clock
from newsletter.embed import snippet
from newsletter.models import Consent, Newsletter, Subscription
from newsletter.quota import HOUR, take

STRICT = "default-src 'none'; form-action *"  # no script, no style, no frame

SLOW = """
const begun = Date.now(), quick = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = async (...asked) => {
  await new Promise((go) => setTimeout(go, Math.max(0, begun + 3000 - Date.now())));
  return quick(...asked);
};
"""


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def newsletter(site, transactional_db) -> Newsletter:
    return Newsletter.objects.get_or_create(
        slug=Newsletter.DEFAULT_SLUG, defaults={"name": "Daily Papers"}
    )[0]


@pytest.fixture
def blog(httpserver, newsletter):
    """A site of somebody else's, under another origin, with the form on its page."""

    def show(language: str) -> str:
        page = (
            f'<!doctype html><html lang="{language}"><title>A blog</title><main><h1>A blog</h1>'
            f"{snippet(newsletter, language)}</main></html>"
        )
        answer = {"content_type": "text/html; charset=utf-8"}
        answer["headers"] = {"Content-Security-Policy": STRICT}
        httpserver.expect_request("/").respond_with_data(page, **answer)
        return httpserver.url_for("/").replace("localhost", "127.0.0.1")

    return show


@pytest.fixture
def busy(newsletter, settings):
    settings.PROOF_OF_WORK, settings.CONFIRMATIONS_AN_HOUR = True, 1
    take("asking", 1, HOUR, clock.now())


def test_a_reader_of_another_site_subscribes_by_the_keyboard_without_scripts(new_context, blog):
    page = new_context(java_script_enabled=False).new_page()

    page.goto(blog("en"))
    page.keyboard.press("Tab")
    page.keyboard.type("dana@example.org")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Subscribe")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("We have sent a confirmation.")
    assert Subscription.objects.get().subscriber.email == "dana@example.org"
    assert Consent.objects.get().source == "embedded"
    assert page.context.cookies() == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_form_passes_the_accessibility_rules_on_a_bare_page(page: Page, blog, language):
    page.goto(blog(language))

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    result = Axe().run(page, options=options)

    assert result.violations_count == 0, result.generate_report()
    expect(page.locator("[name=website]")).to_be_hidden()


def test_a_slip_is_settled_on_our_page(page: Page, blog, site):
    page.goto(blog("en"))
    page.get_by_label("Email address").fill("dana@gmil.com")
    page.get_by_role("button", name="Subscribe").click()

    expect(page).to_have_url(re.compile(re.escape(f"{site}/subscribe/")))
    expect(page.locator(".errorlist")).to_contain_text("Did you mean dana@gmail.com?")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Use dana@gmail.com").click()

    expect(page.locator("h1")).to_have_text("We have sent a confirmation.")
    assert Subscription.objects.get().subscriber.email == "dana@gmail.com"


ASK_BY_SCRIPT = """
async (address) => {
  const asked = { email: "dana@example.org", wording: "Mail me." };
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(asked) });
  return [answer.status, (await answer.json()).code];
}
"""


def test_a_script_on_a_page_of_a_named_site_may_ask_and_others_may_not(
    page: Page, httpserver, newsletter, site, settings
):
    httpserver.expect_request("/").respond_with_data("<h1>A blog</h1>", content_type="text/html")
    page.goto(httpserver.url_for("/"))
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(ASK_BY_SCRIPT, f"{site}/api/subscribe/")
    kept_at_first = Subscription.objects.count()

    settings.CORS_ALLOWED_ORIGINS = [httpserver.url_for("")]
    said = page.evaluate(ASK_BY_SCRIPT, f"{site}/api/subscribe/")

    assert (said, kept_at_first) == ([202, "taken"], 0)
    assert Consent.objects.get().source == "api"


def ask(page: Page, site: str) -> None:
    page.goto(f"{site}/en/")
    page.get_by_label("Email address").fill("dana@example.org")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Subscribe").click()


def test_while_busy_the_browser_works_and_the_reader_presses_once_more(new_context, site, busy):
    page = new_context(locale="en-GB").new_page()
    refused = []
    page.on("console", lambda line: refused.append(line.text))
    ask(page, site)

    expect(page.get_by_role("status")).to_contain_text("Please press the button.", timeout=30_000)
    result = Axe().run(page)
    page.get_by_role("button", name="Subscribe").click()

    expect(page.locator("h1")).to_have_text("We have sent a confirmation.")
    assert Subscription.objects.count() == 1
    assert (refused, result.violations_count, page.context.cookies()) == ([], 0, [])


def test_whoever_presses_before_it_is_done_need_not_press_again(new_context, site, busy):
    page = new_context(locale="en-GB").new_page()
    page.add_init_script(SLOW)
    ask(page, site)

    page.wait_for_timeout(500)
    page.get_by_role("button", name="Subscribe").click()

    expect(page.locator("h1")).to_have_text("We have sent a confirmation.", timeout=30_000)


def test_without_scripts_it_says_what_to_do(new_context, site, busy):
    page = new_context(java_script_enabled=False, locale="en-GB").new_page()
    ask(page, site)

    expect(page.locator("form")).to_contain_text("please come back in an hour")
    assert not Subscription.objects.exists()
