"""The desk as an editor's browser sees it: its forms, and what axe finds on its pages."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from lxml import html
from playwright.sync_api import Page

from newsletter.models import Edition

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# Not ours to mend, by rule: what the elements have in common. docs/editing.md says what they are.
THEIRS = {
    "landmark-one-main": [""],
    "region": [""],
    "landmark-unique": ["simplebar"],
    "aria-input-field-name": ["select2-"],
    "aria-prohibited-attr": ["search-label-icon"],
    "color-contrast": ["selector-clearall", 'placeholder="필터"'],
}


def desk_url(edition: Edition) -> str:
    return reverse("admin:newsletter_edition_change", args=[edition.pk])


def admin_addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """The name of every address of the desk; where it has none, its pattern."""
    for each in patterns or admin.site.urls[0]:
        if isinstance(each, URLResolver):
            yield from admin_addresses(each.url_patterns)
        else:
            yield each.name or str(each.pattern)


def filled_form(client: Client, url: str, form_id: str = "edition_form") -> dict[str, str]:
    """What the page's form holds, untouched."""
    page = html.fromstring(client.get(url).content.decode())
    return dict(page.get_element_by_id(form_id).form_values())


def save(client: Client, edition: Edition, **changes: str) -> HttpResponse:
    """Change these fields on the page of an edition and save it."""
    url = desk_url(edition)
    return client.post(url, filled_form(client, url) | changes)


def said(response: HttpResponse) -> list[str]:
    """The messages for the page that follows."""
    return [str(message) for message in response.wsgi_request._messages]


def log_in(page: Page, client: Client, url: str, editor: User) -> None:
    """Has a browser come to the desk as an editor; nothing it asks for leaves this machine."""
    page.route("https://**", lambda route: route.abort())
    client.force_login(editor)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def violations(page: Page) -> dict[str, list[str]]:
    """What axe finds that is neither the theme's nor Django's own: each rule with the elements that
    break it."""
    found = {
        rule["id"]: [node["html"][:200] for node in rule["nodes"] if not is_theirs(rule, node)]
        for rule in Axe().run(page, options=RULES).response["violations"]
    }
    return {rule: elements for rule, elements in found.items() if elements}


def is_theirs(rule: dict, node: dict) -> bool:
    return any(mark in node["html"] for mark in THEIRS.get(rule["id"], []))
