"""Every page of the desk, held against WCAG 2.2 AA by axe."""

import pytest
from django.utils.translation import override

from tests.desk import log_in, violations
from tests.desk_pages import SUPERUSER, make_things, rows, url_of
from tests.factories import make_editor

# What a program asks for, a part of another page, or a way to another one: no page of the desk.
NO_PAGES = {
    "jsi18n",
    "autocomplete",
    "login",
    "login_code",
    "search",
    "newsletter_edition_previewed",
    "newsletter_edition_preview",  # the mail itself
    "newsletter_edition_preview_text",
    "newsletter_edition_preview_inbox",
    "newsletter_edition_preview_weight",
    "newsletter_edition_progress",
    "newsletter_edition_report_csv",
    "newsletter_edition_report_json",
    "newsletter_import_rejected",
    "papers_summary_again",
}


def pages() -> list[str]:
    """The names of all that a superuser is shown."""
    return [
        name
        for name, method, roles in rows()
        if method == "get" and SUPERUSER in roles and name not in NO_PAGES
    ]


@pytest.fixture
def chief(page, live_server, client, transactional_db, plain_cookies):
    log_in(page, client, live_server.url, make_editor(is_superuser=True))
    return page


@pytest.mark.parametrize(("language", "scheme"), [("ko", "light"), ("en", "dark")])
def test_no_page_of_the_desk_keeps_anybody_out(chief, live_server, language, scheme):
    things = make_things()
    chief.emulate_media(color_scheme=scheme)

    found = {}
    with override(language):
        for name in pages():
            chief.goto(f"{live_server.url}{url_of(name, things)}")
            found[name] = violations(chief)

    assert {name: broken for name, broken in found.items() if broken} == {}
