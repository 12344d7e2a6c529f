"""An edition as its readers get it, on pages of the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from newsletter.links import home_url
from newsletter.models import Edition
from newsletter.render import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, what_readers_get
from newsletter.render.edition import HTML_LIMIT
from newsletter.render.entries import language_name

EXAMPLE_ADDRESS = "reader@example.org"
# A mail brings its own styles and pictures, and nothing else may come with it.
MAIL_POLICY = (
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True)
class Preview:
    """A rendition as the desk shows it: the inbox's line, where the mail is, and its weight."""

    language: str
    name: str
    subject: str
    preheader: str
    html_url: str
    text_url: str
    kilobytes: int
    limit_kilobytes: int = HTML_LIMIT // 1000


def previews(edition: Edition) -> list[Preview]:
    return [preview(edition, language) for language in edition.newsletter.languages]


def preview(edition: Edition, language: str) -> Preview:
    content = what_readers_get(edition, language)
    at = [edition.pk, language]
    return Preview(
        language=language,
        name=language_name(language),
        subject=content.subject,
        preheader=content.preheader,
        html_url=reverse("admin:newsletter_edition_preview", args=at),
        text_url=reverse("admin:newsletter_edition_preview_text", args=at),
        kilobytes=len(content.html.encode()) // 1000,
    )


def html_page(edition: Edition, language: str) -> HttpResponse:
    """The mail's HTML for a sandboxed frame; its links open outside of it."""
    html = filled(what_readers_get(edition, language).html, language)
    page = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    page["Content-Security-Policy"] = MAIL_POLICY
    return page


def text_page(edition: Edition, language: str) -> HttpResponse:
    text = filled(what_readers_get(edition, language).text, language)
    page = HttpResponse(text, content_type="text/plain; charset=utf-8")
    page["Content-Security-Policy"] = MAIL_POLICY
    return page


def filled(body: str, language: str) -> str:
    """With nobody's address and a link that unsubscribes nobody."""
    return body.replace(UNSUBSCRIBE_URL_SLOT, home_url(language)).replace(
        ADDRESS_SLOT, EXAMPLE_ADDRESS
    )
