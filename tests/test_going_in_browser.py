"""An edition while it is sent and after, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from newsletter import verify
from newsletter.models import Channel, Delivery, Edition
from newsletter.redirects import keep_links
from newsletter.render import printed_entries
from tests.desk import desk_url, violations
from tests.factories import (
    make_delivery,
    make_done_edition,
    make_editor,
    make_leaving_edition,
    make_slice,
    make_subscription,
)

State = Delivery.State


@pytest.fixture
def going(transactional_db) -> Edition:
    """One of three is accepted."""
    edition = make_leaving_edition(audience_count=3, date="2024-07-04")
    part = make_slice(edition, size=1, accepted_count=1)
    make_delivery(edition, part=part, state=State.ACCEPTED)
    for _ in range(2):
        make_delivery(edition)
    return edition


def figure(page: Page, words: str):
    return page.locator(".figures div", has=page.get_by_text(words, exact=True)).locator("dd")


def test_the_page_follows_what_is_sent_by_itself(open_page, going):
    page = open_page(f"/en{desk_url(going)}")
    expect(figure(page, "accepted")).to_have_text("1 of 3")

    part = make_slice(going, size=1, accepted_count=1)
    row = going.deliveries.filter(state=State.PENDING).first()
    Delivery.objects.filter(pk=row.pk).update(
        state=State.ACCEPTED, fence=part.pk, accepted_at=part.settled_at
    )

    expect(figure(page, "accepted")).to_have_text("2 of 3", timeout=4_000)
    expect(figure(page, "left")).to_have_text("1")


def test_it_is_held_and_let_go_on_and_the_page_follows(open_page, going):
    page = open_page(f"/en{desk_url(going)}")
    page.get_by_text("Put on hold", exact=True).first.click()
    page.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("On hold:")).to_be_visible()
    expect(figure(page, "time to go")).to_have_text("on hold")

    going.refresh_from_db()
    going.resume()

    expect(page.get_by_text("Put on hold", exact=True).first).to_be_visible(timeout=5_000)


def test_the_pace_is_changed_from_its_page(open_page, going):
    page = open_page(f"/en{desk_url(going)}")
    page.get_by_text("Pace", exact=True).click()
    page.get_by_label("default: mails a second at most").fill("12")
    page.get_by_role("button", name="Change the pace").click()

    expect(page.get_by_text("default: 12 mails a second at most.")).to_be_visible()
    assert Channel.objects.get().rate == 12


@pytest.fixture
def done(transactional_db) -> Edition:
    """Done and verified, with links of its own, and a reader who came later."""
    make_subscription("alice@example.org", language="ko")
    make_subscription("emma@example.org", language="en")
    edition = make_done_edition()
    verify.record(edition)
    edition.newsletter.own_links = True
    keep_links(edition, printed_entries(edition, "en"))
    return edition


def test_from_done_to_a_correction_that_is_approved(open_page, done):
    page = open_page(f"/en{desk_url(done)}")
    page.get_by_role("button", name="Send a correction").click()
    expect(page.get_by_text("This is a correction")).to_be_visible()
    for words in page.locator("textarea[name$=-intro]").all():
        words.fill("It was wrong, and is right now.")
    page.get_by_role("button", name="Save").click()
    mail = page.frame_locator("iframe >> nth=0")
    expect(mail.get_by_text("It was wrong, and is right now.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved.", exact=False).first).to_be_visible()

    assert Edition.objects.get(corrects=done).state == "approved"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_the_pages(open_page, page, done, going, language, scheme):
    page.emulate_media(color_scheme=scheme)
    at = "/admin/newsletter/edition"
    paths = [
        f"{at}/{going.pk}/change/",
        *(f"{at}/{done.pk}/{name}/" for name in ("change", "report", "without", "links")),
        f"/admin/newsletter/delivery/?edition__id__exact={done.pk}",
    ]

    found = {path: violations(open_page(f"{language}{path}")) for path in paths}

    assert found == {path: {} for path in paths}


def test_no_sideways_scrolling_on_a_small_phone(page, open_page, done, going):
    page.set_viewport_size({"width": 320, "height": 640})
    at = "/en/admin/newsletter/edition"
    paths = [f"{at}/{going.pk}/change/"]
    paths += [f"{at}/{done.pk}/{name}/" for name in ("change", "report", "without", "links")]

    widths = []
    for path in paths:
        open_page(path)
        widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert widths == [320] * len(paths)


def test_without_javascript_all_of_it_is_there(browser, live_server, client, going, plain_cookies):
    client.force_login(make_editor(is_superuser=True))
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()

    page.goto(f"/en{desk_url(going)}")
    page.get_by_text("Pace", exact=True).click()
    page.get_by_label("default: mails a second at most").fill("12")
    page.get_by_role("button", name="Change the pace").click()
    page.get_by_role("link", name="Look again").click()

    assert Channel.objects.get().rate == 12
    expect(figure(page, "accepted")).to_have_text("1 of 3")
    context.close()
