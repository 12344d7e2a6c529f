"""A flagged summary in a real browser, from the card that says why to the click that mends it. Each
screen is kept as a picture in test-results/mending."""

from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from newsletter.models import Edition
from papers.models import Summary
from papers.summarise.source import keep_reading, source_text
from tests.desk import desk_url
from tests.factories import make_edition, make_paper, make_summary
from tests.mending import ABSTRACT, CLAIMS, INVENTED, TITLE, make_receipt, parts_of

PICTURES = Path(django_settings.BASE_DIR) / "test-results" / "mending"
SCREEN = {"width": 1200, "height": 1000}
PHONE = {"width": 390, "height": 844}
WRONG, RIGHT = "2억", "20억"


@pytest.fixture
def edition(transactional_db, settings) -> Edition:
    """Of two papers: in Korean, of the first a summary in which 2B became 2억, of the other one that
    is invented."""
    papers = [make_paper(title=TITLE, abstract=ABSTRACT, version=2), make_paper(title="Beta")]
    reading = keep_reading(papers[0], source_text(papers[0]))
    make_summary(
        papers[0],
        "ko",
        **parts_of(CLAIMS),
        claims=CLAIMS,
        writer="model",
        writer_name="house:large",
        source_kind="abstract",
        source_length=len(ABSTRACT),
        source_sha256=reading.sha256,
        receipt=make_receipt(papers[0], reading),
    )
    make_summary(papers[1], "ko", **INVENTED, writer="document", writer_name="import")
    return make_edition(papers=papers)


@pytest.fixture
def flagged(edition) -> Summary:
    return Summary.objects.get(paper__title=TITLE, language="ko")


class Walk:
    """A browser at the desk in one language and size."""

    def __init__(self, page: Page, language: str, folder: str) -> None:
        self.page = page
        self.folder = PICTURES / language / folder
        self.number = count(1)

    def shoot(self, name: str) -> None:
        expect(self.page.locator("html[x-cloak]")).to_have_count(0)
        path = self.folder / f"{next(self.number):02}-{name}.png"
        self.page.screenshot(path=path, full_page=True)

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()


@pytest.mark.parametrize(
    ("look", "size", "scheme"),
    [("desktop", SCREEN, "light"), ("desktop-dark", SCREEN, "dark"), ("phone", PHONE, "light")],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_the_card_that_says_why_to_the_click_that_mends_it(
    open_page, page, edition, flagged, language, look, size, scheme
):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    walk = Walk(page, language, look)
    with override(language):
        open_page(desk_url(edition))
        card = page.locator(".card", has_text=TITLE)
        expect(card.locator(".why")).to_contain_text(WRONG)
        beta = page.locator(".card", has_text="Beta")
        expect(beta.locator(".bd.b")).to_have_text(gettext("Blocked"))
        walk.shoot("cards")

        card.locator(".why a").first.click()
        figure = page.locator(".ledger .bad")
        expect(figure).to_contain_text(WRONG)
        quote = page.locator(".rests a").first
        expect(quote).to_contain_text("a language model with 2B parameters")
        quote.hover()
        expect(page.locator(".reading mark.lit").first).to_be_visible()
        walk.shoot("why")

        figure.locator("button").click()
        expect(page.locator(".ledger .bad")).to_have_count(0)
        expect(page.locator("#why .says").first).to_contain_text(RIGHT)
        expect(page.locator("#why-name .bd")).to_have_text(gettext("passed"))
        walk.shoot("mended")
        flagged.refresh_from_db()
        assert RIGHT in flagged.whats_new
        assert (flagged.writer, flagged.verdict) == ("editor", "pass")

        page.get_by_role("button", name=gettext("Take this back")).click()
        expect(page.locator(".ledger .bad")).to_contain_text(WRONG)
        walk.shoot("taken-back")
        flagged.refresh_from_db()
        assert (flagged.writer, RIGHT in flagged.whats_new) == ("model", False)

        page.go_back()
        open_page(desk_url(edition))
        page.locator(".card", has_text="Beta").locator(".why a").click()
        expect(page.locator("#why-name .bd")).to_have_text(gettext("Blocked"))
        walk.shoot("invented")
        page.get_by_role("button", name=gettext("Use the authors’ own sentences")).click()
        expect(page.locator("#why-name .bd")).to_have_text(gettext("passed"))
        walk.shoot("excerpt")
