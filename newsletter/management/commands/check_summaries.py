"""Hold the summaries of an edition against their papers; exit 1 if one is blocked."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import override

from newsletter.check import Checked, checked_documents, checked_edition
from newsletter.documents.document import DocumentError
from newsletter.documents.read import read_editions
from newsletter.management.arguments import (
    add_newsletter,
    find_edition,
    find_newsletter,
    newest_day,
)
from papers.management.arguments import iso_day
from papers.management.files import read_file
from papers.models import Verdict
from papers.sources.abstracts import abstracts_in
from papers.sources.base import SourceError

MARKS = {Verdict.PASS: "PASS", Verdict.REVIEW: "REVIEW", Verdict.BLOCK: "BLOCK"}
NOT_CHECKED = 2  # the status where no verdict can be given


class Command(BaseCommand):
    help = (
        "Print a verdict for each summary of an edition, with its reasons: of a stored edition, or "
        "of a file in the seed's Markdown with --file and the papers' abstracts with --papers. "
        "Ends with status 1 if one is blocked, and 2 if nothing could be checked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "date", type=iso_day, nargs="?", help="of the edition, as 2024-07-03 (default: today's)"
        )
        add_newsletter(parser)
        parser.add_argument(
            "--language",
            choices=sorted(LANG_INFO),
            metavar="CODE",
            help="default: all that the edition has; of a file, ko",
        )
        parser.add_argument(
            "--file", type=Path, metavar="EDITION.md", help="an edition in Markdown"
        )
        parser.add_argument(
            "--papers",
            type=Path,
            metavar="API.json",
            help="the file's papers: an answer of the Hub's API, or a scrape of its page",
        )

    def handle(
        self,
        *args: object,
        date: date | None,
        newsletter: str,
        language: str | None,
        file: Path | None,
        papers: Path | None,
        **options: object,
    ) -> None:
        try:
            found = self.checked(date, newsletter, language, file, papers)
        except CommandError as error:
            error.returncode = NOT_CHECKED
            raise
        except DatabaseError as error:
            words = f"The database does not answer; is it migrated? {error}"
            raise CommandError(words, returncode=NOT_CHECKED) from error
        with override("en"):
            self.tell(found)
        if not any(each.has_source for each in found):
            words = "There is no source to hold any of them against: nothing was checked."
            raise CommandError(words, returncode=NOT_CHECKED)
        if any(each.judgement.verdict is Verdict.BLOCK for each in found):
            sys.exit(1)

    def checked(
        self,
        date: date | None,
        newsletter: str,
        language: str | None,
        file: Path | None,
        papers: Path | None,
    ) -> list[Checked]:
        if bool(file) != bool(papers):
            raise CommandError("--file and --papers go together: an edition, and its papers.")
        if file and papers:
            found = of_a_file(file, papers, language or "ko", date)
        else:
            edition = find_edition(newsletter, date or newest_day(find_newsletter(newsletter)))
            found = list(checked_edition(edition, language))
        if not found:
            raise CommandError("There is no summary to check.")
        return found

    def tell(self, found: Iterable[Checked]) -> None:
        counts: Counter[Verdict] = Counter()
        for each in found:
            counts[each.judgement.verdict] += 1
            name = f"{each.paper_id} {each.title}"
            self.stdout.write(f"{MARKS[each.judgement.verdict]:6}  {each.language}  {name}")
            for finding in each.judgement.findings:
                hint = "" if finding.level is not Verdict.PASS else "(hint) "
                self.stdout.write(f"          {hint}{finding.sentence}")
        told = ", ".join(f"{counts[verdict]} {MARKS[verdict]}" for verdict in MARKS)
        self.stdout.write(f"{sum(counts.values())} summaries: {told}.")


def of_a_file(file: Path, papers: Path, language: str, day: date | None) -> list[Checked]:
    """Raises CommandError, naming the file, when one of them cannot be read."""
    try:
        documents = read_editions(read_file(file)).documents
        abstracts = abstracts_in(read_file(papers), label=str(papers))
    except DocumentError as error:
        raise CommandError(f"{file}: {error}") from error
    except SourceError as error:
        raise CommandError(str(error)) from error
    if day:
        documents = tuple(document for document in documents if document.date == day)
        if not documents:
            raise CommandError(f"{file}: it has no edition of {day}.")
    return list(checked_documents(documents, abstracts, language))
