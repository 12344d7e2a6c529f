"""An edition longer than mail programs show: what is printed whole, and what as a list."""

import pytest
from lxml import html

from newsletter.render import render_edition
from newsletter.render.edition import most_that_fit
from newsletter.transfer import encoded
from tests.factories import make_edition, make_paper, make_summary

SITE = "https://paperboy.example"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def long_edition(count):
    authors = [{"name": f"Author {n}"} for n in range(3_303)]
    long_papers = [
        make_paper(
            title=f"{number} " + "A Title of Many Words " * 9 + "End.",
            authors=authors,
            organisation="Institute of Long Names " * 4,
            image_url=f"https://pictures.example/{number}.png",
            code_url="https://github.com/example/parcels",
        )
        for number in range(count)
    ]
    for paper in long_papers:
        make_summary(paper, "ko", whats_new="아주 긴 이야기를 합니다. " * 30)
    return make_edition(papers=long_papers)


def as_sent(body):
    """The longest that the slots can make it."""
    link = f"{SITE}/u/{'x' * 60}/"
    return body.replace("__ADDRESS__", "x" * 254).replace("__UNSUBSCRIBE_URL__", link)


def test_a_mail_that_would_be_clipped_ends_in_a_list_of_titles_that_just_fits():
    mail = render_edition(long_edition(50), "ko")

    page = html.fromstring(mail.html)
    whole, rest = len(page.find_class("no")), len(page.find_class("brief"))
    size_of_one = len(mail.html.split('id="p2"')[1].split('id="p3"')[0].encode())
    assert whole + rest == 50
    assert page.find_class("rest")[0].text == f"나머지 {rest}편은 웹에서"
    for body in (as_sent(mail.html), as_sent(mail.text)):
        assert len(body.encode()) <= 90_000
        assert len(encoded(body).body) <= 100_000
    room = 100_000 - len(encoded(mail.html).body)
    assert room < 1.4 * size_of_one + 1_000


@pytest.mark.parametrize(("frame", "most"), [(0.0, 5), (0.2, 5), (0.9, 8), (1.1, 8)])
def test_the_most_entries_that_fit_are_found_in_few_renderings(frame, most):
    for count in range(60):
        tried = []

        def weigh(printed, count=count, tried=tried):
            """As a mail does: of entries of different lengths, and a list of the others."""
            tried.append(printed)
            rest = 0.002 * min(count - printed, 60)
            return frame + rest + sum(0.02 + number % 5 * 0.005 for number in range(printed))

        found = most_that_fit(count, weigh)

        assert len(tried) <= most
        fitting = [printed for printed in range(count + 1) if weigh(printed) <= 1]
        assert found == (fitting[-1] if fitting else 0)


def test_however_many_papers_there_are_the_mail_stays_within_its_limits():
    mail = render_edition(long_edition(400), "ko")

    page = html.fromstring(mail.html)
    listed = page.find_class("brief")
    assert (
        page.find_class("rest")[0].text == f"나머지 {400 - len(page.find_class('no'))}편은 웹에서"
    )
    assert len(listed) == 60
    for body in (as_sent(mail.html), as_sent(mail.text)):
        assert len(body.encode()) <= 90_000


def test_each_title_of_the_list_leads_to_its_page_in_html_and_text():
    mail = render_edition(long_edition(50), "ko")

    briefs = html.fromstring(mail.html).find_class("brief")
    assert [brief.xpath("count(.//a)") for brief in briefs] == [1.0] * len(briefs)
    pages = [brief.find(".//a").get("href") for brief in briefs]
    assert all(page.startswith(f"{SITE}/p/2407.") and page in mail.text for page in pages)


def test_an_edition_that_fits_is_printed_whole():
    mail = render_edition(long_edition(5), "ko")

    assert html.fromstring(mail.html).find_class("brief") == []
