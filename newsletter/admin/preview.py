"""An edition as its readers get it, on pages of the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from newsletter import frames
from newsletter.links import home_url
from newsletter.models import Edition
from newsletter.render import what_readers_get
from newsletter.render.edition import HTML_LIMIT
from newsletter.render.entries import language_name
from newsletter.rendered import Rendered

EXAMPLE_ADDRESS = "reader@example.org"


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
    return [preview(edition, language) for language in edition.languages]


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
    return frames.html_page(example(edition, language).html)


def text_page(edition: Edition, language: str) -> HttpResponse:
    return frames.text_page(example(edition, language).text)


def example(edition: Edition, language: str) -> Rendered:
    """With nobody's address and a link that unsubscribes nobody."""
    mail = what_readers_get(edition, language)
    return mail.filled(address=EXAMPLE_ADDRESS, unsubscribe_url=home_url(language))
