"""An edition out of the database, to standard output."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from newsletter.documents.describe import edition_json
from newsletter.documents.load import load_document
from newsletter.documents.public import public_mail
from newsletter.documents.write import write_markdown
from newsletter.management.arguments import add_newsletter, find_edition
from newsletter.models import Edition
from papers.management.arguments import iso_day


def markdown(edition: Edition, language: str) -> str:
    return write_markdown(load_document(edition, language))


def html(edition: Edition, language: str) -> str:
    return public_mail(edition, language).html


def text(edition: Edition, language: str) -> str:
    return public_mail(edition, language).text


FORMATS: dict[str, Callable[[Edition, str], str]] = {
    "markdown": markdown,
    "html": html,
    "text": text,
    "json": edition_json,
}


class Command(BaseCommand):
    help = (
        "Print an edition to standard output: as Markdown that import_edition reads, as JSON "
        "with where each word comes from (docs/documents.md has both), or as the HTML or the "
        "plain text of its mail, without any reader's address or link."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=iso_day, help="of the edition, as 2024-07-03")
        add_newsletter(parser)
        parser.add_argument("--language", help="default: the newsletter's main language")
        parser.add_argument("--format", choices=FORMATS, default="markdown")

    def handle(
        self,
        *args: object,
        date: date,
        newsletter: str,
        language: str | None,
        format: str,
        **options: object,
    ) -> None:
        edition = find_edition(newsletter, date)
        language = printed_language(edition, language)
        self.stdout.write(FORMATS[format](edition, language), ending="")


def printed_language(edition: Edition, language: str | None) -> str:
    """The language to print. Raises CommandError when the edition has no rendition in it."""
    wanted = language or edition.languages[0]
    known = [*edition.renditions.whole().values_list("language", flat=True)]
    if wanted not in known:
        there_is = f"it is there in: {', '.join(known)}." if known else "it is not composed yet."
        raise CommandError(f"{edition} is not there in {wanted!r}; {there_is}")
    return wanted
