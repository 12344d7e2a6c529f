"""A scanner of mails, as mailbox providers and offices run them, and what it finds to open."""

import re
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.db import connection
from django.http import HttpResponse

ADDRESS = re.compile(r"https?://[^\s<>\"]+")
LEADING = {"href", "src", "action", "formaction"}  # what a page may be left, or filled, by

LOOKS = [
    ("GET", {}),
    ("GET", {}),
    ("HEAD", {}),
    ("OPTIONS", {}),
    ("GET", {"Purpose": "prefetch", "X-Moz": "prefetch"}),
    ("GET", {"Sec-Purpose": "prefetch;prerender"}),
    ("GET", {"User-Agent": "Mozilla/5.0 SafeLinks", "X-Forwarded-For": "203.0.113.7"}),
]

Ask = Callable[[str, str, dict[str, str]], HttpResponse]  # method, path, headers


class Leading(HTMLParser):
    """Collects every address that a page leads to, its forms' among them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in LEADING and value]


def leading_from(html: str) -> list[str]:
    page = Leading()
    page.feed(html)
    return page.found


def links_of(message: EmailMessage) -> set[str]:
    """All in its headers and in both of its bodies."""
    found = {link for value in message.values() for link in ADDRESS.findall(str(value))}
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            found |= set(ADDRESS.findall(part.get_content()))
        if part.get_content_type() == "text/html":
            found |= set(leading_from(part.get_content()))
    return found


def ours(links: Iterable[str], site: str, page: str = "") -> set[str]:
    """The paths, with their queries, of those that lead to the site."""
    whole = {urlsplit(urljoin(f"{site}{page}", link)) for link in links}
    host = urlsplit(site).netloc
    return {link._replace(scheme="", netloc="", fragment="").geturl() for link in whole
            if link.netloc == host}  # fmt: skip


def scan(ask: Ask, paths: Iterable[str]) -> dict[str, HttpResponse]:
    """Look at each path in every way, and say what its first look showed."""
    shown = {}
    for path in sorted(paths):
        answers = [ask(method, path, headers) for method, headers in LOOKS]
        assert all(answer.status_code < 500 for answer in answers), path
        shown[path] = answers[0]
    return shown


def tables() -> dict[str, list[tuple]]:
    """Every row of every table, whole."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found
