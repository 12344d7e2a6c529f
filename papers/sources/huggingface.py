"""Hugging Face Daily Papers: https://huggingface.co/papers and its API.

GET {HF_API_URL}/daily_papers?date=2024-07-03&limit=100&p=0 gives a list of entries, those with
most votes first.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.conf import settings

from papers.sources.base import Answer, ListingRecord, SourceError
from papers.sources.fields import Fields
from papers.sources.http import Http, Refused
from papers.sources.huggingface_entry import UnreadableEntryError, listing_from, paper_id
from papers.sources.text import one_line

PAGE_LIMIT = 100  # entries we ask for
PAGE_CAP = 50  # entries the API may give all the same: a shorter page is the last one
PAGE_COUNT_LIMIT = 20

LONGEST_REASON = 200  # characters of what the API itself says
LONGEST_NUMBER = 20  # digits


@dataclass(frozen=True)
class HuggingFace:
    http: Http = field(default_factory=Http)
    name: str = "huggingface"

    def hurried(self) -> "HuggingFace":
        return replace(self, http=self.http.hurried())

    def today(self) -> date:
        """The API refuses dates that are still in the future in UTC."""
        return datetime.now(UTC).date()

    def fetch(self, day: date) -> Answer:
        """Page by page. When only a later page fails, its error is a problem of the answer."""
        entries: list[object] = []
        problems: list[str] = []
        try:
            for page in self._pages(day):
                entries += page
        except SourceError as error:
            if not entries:
                raise
            problems.append(f"{error}; what came before it is kept")
        answer = answer_from(entries, asked_for(day))
        return replace(answer, problems=[*answer.problems, *problems])

    def read(self, body: bytes, *, label: str) -> Answer:
        return answer_from(entries_in(body, label), label)

    def _pages(self, day: date) -> Iterator[list[object]]:
        seen: set[str] = set()
        for number in range(PAGE_COUNT_LIMIT):
            page = self._page(day, number)
            ids = {paper_id(entry) for entry in page}
            if ids <= seen:
                return
            yield page
            if len(page) < PAGE_CAP:
                return
            seen |= ids
        raise SourceError(f"{asked_for(day)}: more than {PAGE_COUNT_LIMIT} pages")

    def _page(self, day: date, number: int) -> list[object]:
        params = {"date": day.isoformat(), "limit": str(PAGE_LIMIT), "p": str(number)}
        page_label = asked_for(day) + (f", page {number + 1}" if number else "")
        url = f"{settings.HF_API_URL}/daily_papers"
        try:
            return entries_in(self.http.get(url, params=params, label=page_label), page_label)
        except Refused as refused:
            raise SourceError(f"{refused}{said(refused.body)}") from refused


def asked_for(day: date) -> str:
    return f"Hugging Face, papers of {day}"


def said(body: bytes) -> str:
    """What an HTTP error of the API gives as its reason."""
    try:
        reason = Fields(json.loads(body)).text("error", LONGEST_REASON)
    except (ValueError, RecursionError):
        return ""
    return reason and f": {reason}"


def entries_in(body: bytes, label: str) -> list[object]:
    """The list an answer must be. Raises SourceError with what it is instead."""
    try:
        answer: object = json.loads(body, parse_int=whole_number)
    except UnicodeDecodeError as error:
        raise SourceError(f"{label}: the answer is not UTF-8: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{label}: {not_json(body)}: {error}") from error
    if not isinstance(answer, list):
        raise SourceError(f"{label}: a list of papers was due, and there is {kind_of(answer)}")
    if answer and all(isinstance(entry, str) for entry in answer):
        raise SourceError(
            f"{label}: {len(answer)} entries, all of them text instead of objects; the first "
            f"begins {one_line(answer[0], 40)!r}. Text is never run as code"
        )
    return answer


def whole_number(digits: str) -> int | None:
    """A number that is none for its length must not cost us the other entries."""
    return int(digits) if len(digits) < LONGEST_NUMBER else None


def not_json(body: bytes) -> str:
    start = body[:100].strip().lower()
    if not start:
        return "the answer is empty"
    if start.startswith(b"<"):
        return "the answer is HTML or XML, not JSON"
    return f"the answer is cut or is not JSON ({len(body):,} bytes)"


def kind_of(answer: object) -> str:
    if not isinstance(answer, dict):
        return f"only {one_line(json.dumps(answer), 40)}"
    told = Fields(answer)
    reason = told.text("error", LONGEST_REASON) or told.text("message", LONGEST_REASON)
    keys = ", ".join(one_line(str(key), 20) for key in list(answer)[:8])
    return f"an object with {keys}" + (f', which says "{reason}"' if reason else "")


def answer_from(entries: Sequence[object], label: str) -> Answer:
    """Entry by entry: what cannot be read is a problem line and stops none of the others."""
    listings: list[ListingRecord] = []
    problems: list[str] = []
    for position, entry in enumerate(entries, start=1):
        try:
            listings.append(listing_from(entry))
        except UnreadableEntryError as error:
            name = paper_id(entry) or "without an id"
            problems.append(f"{label}: entry {position} ({name}) is left out: {error}")
    if problems and not listings:
        raise SourceError(f"{label}: none of {len(entries)} entries can be read; {problems[0]}")
    return Answer(len(entries), listings, problems)
