"""A flagged summary in a real browser, from the card that says why to the click that mends it. Each
screen is kept as a picture in test-results/mending."""

from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from newsletter.models import Edition
from papers.models import Summary
from tests.desk import desk_url, violations
from tests.factories import make_edition
from tests.mending import (
    OTHER_TITLE,
    TITLE,
    make_flagged_summary,
    make_invented_summary,
)

PICTURES = Path(django_settings.BASE_DIR) / "test-results" / "mending"
DESKTOP = {"width": 1200, "height": 1000}
PHONE = {"width": 390, "height": 844}
LOOKS = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
WRONG, RIGHT = "2억", "20억"


@pytest.fixture
def flagged(transactional_db) -> Summary:
    return make_flagged_summary()


@pytest.fixture
def invented(transactional_db) -> Summary:
    return make_invented_summary()


@pytest.fixture
def edition(flagged, invented) -> Edition:
    return make_edition(papers=[flagged.paper, invented.paper])


class Walk:
    """A browser at the desk, in one language and look."""

    def __init__(self, page: Page, open_page, language: str, look: str) -> None:
        self.page, self.open = page, open_page
        self.folder = PICTURES / language / look
        self.number = count(1)

    def shoot(self, name: str) -> None:
        """The whole page, with what stays at its foot out of the way."""
        expect(self.page.locator("html[x-cloak]")).to_have_count(0)
        self.page.add_style_tag(content="#submit-row, .foot { position: static !important; }")
        self.page.wait_for_load_state("networkidle")
        path = self.folder / f"{next(self.number):02}-{name}.png"
        self.page.screenshot(path=path, full_page=True)

    def card(self, title: str) -> Locator:
        return self.page.locator(".card", has_text=title)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=gettext(words)).first.click()

    def is_judged(self, word: str) -> None:
        expect(self.page.locator("#why-name .bd")).to_have_text(gettext(word))


@pytest.fixture(params=LOOKS)
def look(request, page) -> str:
    size, scheme = LOOKS[request.param]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    return request.param


@pytest.fixture(params=["ko", "en"])
def walk(request, page, open_page, look):
    with override(request.param):
        yield Walk(page, open_page, request.param, look)


def test_a_figure_that_is_ten_times_off_is_seen_mended_and_put_back(walk, page, edition, flagged):
    walk.open(desk_url(edition))
    expect(walk.card(TITLE).locator("div.why")).to_contain_text(WRONG)
    walk.shoot("cards")

    walk.card(TITLE).locator("div.why a").click()
    walk.is_judged("Check")
    expect(page.locator(".ledger .bad")).to_contain_text(WRONG)
    sentence = page.locator(".rests a", has_text="a language model with 2B parameters")
    sentence.hover()
    expect(page.locator(".reading mark.lit").first).to_be_visible()
    walk.shoot("why")

    page.locator(".ledger .bad button").click()
    walk.is_judged("passed")
    expect(page.locator(".ledger .bad")).to_have_count(0)
    expect(page.locator(".says").first).to_contain_text(RIGHT)
    walk.shoot("mended")

    walk.press("Take this back")
    walk.is_judged("Check")
    expect(page.locator(".ledger .bad")).to_contain_text(WRONG)
    walk.shoot("taken-back")
    stands = Summary.objects.get(pk=flagged.pk)
    assert (stands.writer, stands.claims) == ("model", flagged.claims)


def test_an_invented_summary_makes_way_for_the_authors_own_sentences(walk, page, edition):
    walk.open(desk_url(edition))
    expect(walk.card(OTHER_TITLE).locator(".bd.b")).to_have_text(gettext("Blocked"))

    walk.card(OTHER_TITLE).locator("div.why a").click()
    walk.is_judged("Blocked")
    expect(page.locator("mark.named").first).to_have_text("Transformer")
    walk.shoot("invented")

    walk.press("Use the authors’ own sentences")
    walk.is_judged("passed")
    walk.shoot("excerpt")


@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_it(open_page, page, look, flagged, invented, language):
    found = {
        summary.writer: violations(
            open_page(f"{language}/admin/papers/summary/{summary.pk}/change/")
        )
        for summary in (flagged, invented)
    }

    assert found == {"model": {}, "document": {}}


def test_it_fits_a_small_phone(open_page, page, flagged):
    page.set_viewport_size({"width": 320, "height": 640})
    open_page(f"/admin/papers/summary/{flagged.pk}/change/")

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_without_a_script_a_sentence_leads_to_its_place(
    browser, page, live_server, open_page, flagged
):
    """Signed in as in the browser with scripts."""
    open_page("/admin/")
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"{live_server.url}/admin/papers/summary/{flagged.pk}/change/")

    plain.locator(".rests a").first.click()

    expect(plain.locator(".reading")).to_be_in_viewport()
    assert "#at-" in plain.url
    context.close()
