"""The mail in a real browser: narrow and wide, light and dark, with pictures blocked."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from newsletter.render import render_edition, render_mail
from tests.factories import make_edition, make_paper, make_summary

RULES = [
    "color-contrast",
    "document-title",
    "empty-heading",
    "heading-order",
    "html-has-lang",
    "image-alt",
    "link-in-text-block",
    "link-name",
    "valid-lang",
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers):
    """Every kind of entry, and titles that strain a narrow page."""
    ordinary = make_paper(
        authors=[{"name": f"Author {number}"} for number in range(3_303)],
        organisation="Institute of Letters",
        image_url="https://pictures.example/1.png",
        code_url="https://github.com/example/parcels",
    )
    long = make_paper(
        title="A Title of Many Words " * 9 + "End.", image_url="https://pictures.example/2.png"
    )
    unbroken = make_paper(title="Supercalifragilistic" * 10, organisation="x" * 200)
    excerpt = make_paper()
    for language in ("ko", "en"):
        make_summary(
            excerpt,
            language,
            writer="extract",
            text_language="en",
            performance_highlights="",
            lead="Maps for parcels.",
            lead_by="Hugging Face",
        )
    edition = make_edition(papers=[ordinary, long, unbroken, excerpt])
    edition.entries.update(note="편집자의 말입니다.")
    edition.renditions.update(intro="들어가는 말입니다.")
    return edition


@pytest.fixture(params=["ko", "en"])
def mails(request, edition):
    context = {
        "confirm_url": "https://paperboy.example/c/" + "x" * 60,
        "newsletter": edition.newsletter,
    }
    return [
        render_edition(edition, request.param).html,
        render_mail("confirm", context, request.param).html,
    ]


@pytest.fixture
def show(page):
    """A page as a mail program shows it: pictures blocked, nothing fetched."""

    def show(html, *, width=390, scheme="light"):
        page.route("**/*", lambda route: route.abort())
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.set_content(html)
        return page

    return show


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_no_mail_scrolls_sideways(mails, show, width):
    for mail in mails:
        page = show(mail, width=width)

        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mail_can_be_read_and_heard(mails, show, scheme):
    for mail in mails:
        page = show(mail, scheme=scheme)

        found = Axe().run(page, options={"runOnly": {"type": "rule", "values": RULES}})

        assert found.violations_count == 0, found.generate_report()


def test_a_mail_is_laid_out_by_the_standard_and_not_as_in_1998(mails, show):
    page = show(mails[0])

    assert page.evaluate("document.compatMode") == "CSS1Compat"
