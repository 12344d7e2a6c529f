"""The readers' pages in a real browser: nothing sticks out, and everyone can use them."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.mail import get_connection
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from newsletter import links, mailbox, move
from newsletter.message import small_mail
from newsletter.models import AddressChange, Agreement, Edition, Newsletter, Subscription
from newsletter.render import render_edition
from papers.summarise.source import source_text
from tests.factories import DAY, make_edition, make_paper, make_subscription, make_summary

LONG = "Reinforcement" * 12  # a word that no line holds


@pytest.fixture
def site(live_server, settings, tmp_path):
    """The site with a mailbox, and the newsletter that the test before has swept away."""
    Newsletter.objects.get_or_create(slug=Newsletter.DEFAULT_SLUG, name="Daily Papers")
    settings.SITE_URL = live_server.url
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "newsletter.mailbox.EmailBackend"
    settings.MAILDIR = str(tmp_path / "mail")
    settings.CHANNELS = {"default": f"maildir://{settings.MAILDIR}"}
    return live_server.url


@pytest.fixture
def edition(site, transactional_db) -> Edition:
    """One paper of each kind that could break a page, and editions before and after."""
    odd = make_paper(
        title=f"Beyond <think>: {LONG} and $\\tau$-bench in a Title of Two Hundred Characters",
        authors=[{"name": f"Author {number}"} for number in range(3303)],
        organisation=LONG,
        code_url="https://github.com/x/y",
        code_star_count=123456,
    )
    make_summary(odd, "ko", text_language="en", writer="extract", lead=LONG, lead_by="A model")
    resting = make_paper(abstract=f"We propose a map of 433K {LONG} streets. It finds 87.5%.")
    for language in ("ko", "en"):
        rest(resting, language)
    for back in range(3):
        papers = [odd, resting, *[make_paper() for _ in range(6)]] if back == 1 else 2
        edition = make_edition(date=DAY - timedelta(days=back), papers=papers)
        now = timezone.now()
        Edition.objects.filter(pk=edition.pk).update(
            state=Edition.State.DONE, content_sha256="0", audience_frozen_at=now, done_at=now
        )
    return Edition.objects.get(date=DAY - timedelta(days=1))


def rest(paper, language) -> None:
    """A model's summary with a statement of each kind."""
    source = source_text(paper)
    told = {
        "43만 3천 길의 지도.": paper.abstract.partition(". It")[0] + ".",
        "99.25%를 찾습니다.": "",
        f"{LONG}.": "It finds 87.5%.",
    }
    make_summary(
        paper,
        language,
        writer="model",
        writer_name=LONG,
        whats_new=" ".join(told),
        claims=[{"part": "whats_new", "text": each, "quote": told[each]} for each in told],
        source_kind=source.kind,
        source_length=source.length,
        source_sha256=source.sha256,
    )


@pytest.fixture
def addresses(edition) -> list[str]:
    """Every kind of page that a reader or a developer meets."""
    dana = make_subscription(
        state=Subscription.State.PENDING,
        confirmed_at=None,
        confirmation_requested_at=timezone.now(),
    )
    emma = make_subscription("emma@example.org")
    move.ask_to_move(emma, f"{LONG.lower()[:64]}@example.net")
    moving = [links.move_token(AddressChange.objects.get(), side) for side in Agreement.Side]
    mail = render_edition(edition, "ko")
    message = small_mail(mail, edition.newsletter, to="dana@example.org", dated=timezone.now())
    get_connection().send_messages([message])
    (letter,) = mailbox.letters()
    return [
        "/",
        "/en/",
        "/editions/",
        f"/{edition.date}/",
        f"/en/{edition.date}/",
        *[f"/p/{entry.paper.canonical_id}/" for entry in edition.printed_entries()[:2]],
        "/subscribe/",
        reverse("confirm", args=[links.token("confirm", dana)]),
        reverse("unsubscribe", args=[links.token("unsubscribe", dana)]),
        reverse("choices", args=[links.token("unsubscribe", emma)]),
        reverse("address", args=[links.token("unsubscribe", emma)]),
        *[reverse("move", args=[token]) for token in moving],
        "/choices/",
        "/c/1-AAAAAAAAAAAAAAAAAAAAAA/",
        "/m/1-AAAAAAAAAAAAAAAAAAAAAA/",
        "/mailbox/",
        f"/mailbox/{letter.key}/",
    ]


def test_no_page_scrolls_sideways_on_the_narrowest_phone(page: Page, site, addresses):
    page.set_viewport_size({"width": 320, "height": 640})

    wide = []
    for address in addresses:
        page.goto(site + address)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(address)

    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_the_accessibility_rules(page: Page, site, addresses, scheme):
    page.emulate_media(color_scheme=scheme)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}

    found = {}
    for address in addresses:
        page.goto(site + address)
        result = Axe().run(page, options=options)
        if result.violations_count:
            found[address] = result.generate_report()

    assert found == {}


def test_what_a_summary_rests_on_opens_by_keyboard_on_a_narrow_phone_without_scripts(
    new_context, site, edition
):
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site + resting_address(edition))

    page.get_by_text("이 글의 근거").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".rests blockquote").first).to_contain_text("We propose a map of 433K")
    expect(page.locator(".rests blockquote").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_summary_rests_on_passes_the_accessibility_rules(page: Page, site, edition, scheme):
    page.emulate_media(color_scheme=scheme)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}

    for prefix in ("", "/en"):
        page.goto(site + prefix + resting_address(edition))
        page.locator(".rests summary").click()
        result = Axe().run(page, options=options)
        assert result.violations_count == 0, result.generate_report()


def test_on_paper_what_a_summary_rests_on_is_unfolded(page: Page, site, edition):
    page.goto(site + resting_address(edition))
    expect(page.locator(".rests blockquote").first).to_be_hidden()

    page.emulate_media(media="print")

    expect(page.locator(".rests blockquote").first).to_be_visible()


def resting_address(edition) -> str:
    return f"/p/{edition.printed_entries()[1].paper.canonical_id}/"


def test_every_page_has_one_first_heading(page: Page, site, addresses):
    counts = {}
    for address in addresses:
        page.goto(site + address)
        counts[address] = page.locator("h1").count()

    assert counts == dict.fromkeys(addresses, 1)


def test_no_page_breaks_its_own_content_policy(page: Page, site, addresses):
    refused = []
    page.on("console", lambda line: refused.append(line.text) if "Policy" in line.text else None)

    for address in addresses:
        page.goto(site + address)

    assert refused == []


def test_the_skip_link_is_the_first_stop_and_can_be_seen(page: Page, site, edition):
    page.goto(site)

    page.keyboard.press("Tab")

    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()


def test_a_reader_subscribes_and_leaves_without_scripts(new_context, site, edition):
    page = new_context(java_script_enabled=False).new_page()

    page.goto(f"{site}/en/")
    page.get_by_label("Email address").fill("dana@example.org")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator(".errorlist")).to_have_text("Please press the button once more.")
    page.wait_for_timeout(2_000)  # as long as a person reads
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("h1")).to_have_text("We have sent a confirmation.")

    dana = Subscription.objects.get()
    page.goto(links.confirm_url(dana))
    page.get_by_role("button", name="Confirm subscription").click()
    expect(page.locator("h1")).to_have_text("Welcome.")

    page.goto(links.unsubscribe_url(dana.pk))
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.locator("h1")).to_have_text("You are unsubscribed.")
    assert page.context.cookies() == []


def test_a_browser_that_only_looks_changes_nothing(page: Page, site, addresses):
    before = list(Subscription.objects.values())

    for address in addresses:
        page.goto(site + address, wait_until="networkidle")

    assert list(Subscription.objects.values()) == before


def test_a_link_in_a_mail_opens_the_page_outside_the_frame(page: Page, site, addresses):
    page.goto(site + addresses[-1])

    with page.expect_popup() as opened:
        page.frame_locator("iframe").first.get_by_role("link", name="Paperboy").first.click()

    expect(opened.value).to_have_url(f"{site}/")
    expect(opened.value.locator("h1")).to_be_visible()
