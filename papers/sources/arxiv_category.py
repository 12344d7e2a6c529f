"""A category of arXiv as a source: what was handed in to it on a day, the oldest first.

https://info.arxiv.org/help/api/user-manual.html, search_query with submittedDate. Nobody votes
there, so an edition prints as many as it may in the order of their ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.conf import settings
from lxml import etree

from papers.sources import source_name
from papers.sources.arxiv import (
    ARXIV,
    NAMESPACES,
    entries_in,
    feed_in,
    is_error,
    reason,
    record_from,
    said,
)
from papers.sources.base import (
    Answer,
    ListingRecord,
    PaperRecord,
    SourceError,
    SourceUnavailable,
)
from papers.sources.http import Http, Refused

PAGE_SIZE = 100
PAGE_COUNT_LIMIT = 20  # the largest category has a few hundred papers a day


@dataclass(frozen=True)
class Page:
    entries: Sequence[etree._Element]
    total_count: int  # on all pages, as arXiv counts


@dataclass(frozen=True)
class ArxivCategory:
    category: str
    http: Http = field(default=ARXIV.http)  # one pace for whatever arXiv is asked

    @property
    def name(self) -> str:
        return source_name(self.category)

    def hurried(self) -> "ArxivCategory":
        return replace(self, http=self.http.hurried())

    def today(self) -> date:
        """By arXiv's clock, which is GMT. What was handed in today is announced tomorrow or later:
        the list grows for days."""
        return datetime.now(UTC).date()

    def fetch(self, day: date) -> Answer:
        """Page by page. When only a later page fails, its error is a problem of the answer."""
        entries: list[etree._Element] = []
        problems: list[str] = []
        try:
            for page in self._pages(day):
                entries += page.entries
        except SourceError as error:
            if not entries:
                raise
            problems.append(f"{error}; what came before it is kept")
        answer = answer_from(entries, self._asked_for(day))
        return replace(answer, problems=[*answer.problems, *problems])

    def read(self, body: bytes, *, label: str) -> Answer:
        return answer_from(page_in(body, label).entries, label)

    def _pages(self, day: date) -> Iterator[Page]:
        """An empty page before the end is a known fault of arXiv's that passes."""
        start = 0
        for _ in range(PAGE_COUNT_LIMIT):
            page = self._page(day, start)
            start += len(page.entries)
            if not page.entries and start < page.total_count:
                raise SourceUnavailable(
                    f"{self._asked_for(day)}: {start} of {page.total_count} papers, then none"
                )
            yield page
            if start >= page.total_count:
                return
        raise SourceError(f"{self._asked_for(day)}: more than {PAGE_COUNT_LIMIT} pages")

    def _page(self, day: date, start: int) -> Page:
        label = self._asked_for(day) + (f", from {start + 1}" if start else "")
        params = {
            "search_query": (
                f"cat:{self.category} AND submittedDate:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]"
            ),
            "sortBy": "submittedDate",
            "sortOrder": "ascending",
            "start": str(start),
            "max_results": str(PAGE_SIZE),
        }
        try:
            body = self.http.get(settings.ARXIV_API_URL, params=params, label=label)
        except Refused as refused:
            raise SourceError(f"{refused}{said(refused.body)}") from refused
        return page_in(body, label)

    def _asked_for(self, day: date) -> str:
        return f"arXiv, {self.category} of {day}"


def page_in(body: bytes, label: str) -> Page:
    """Raises SourceError for what is no feed, and for an entry named Error."""
    feed = feed_in(body, label)
    entries = entries_in(feed)
    for entry in entries:
        if is_error(entry):
            raise SourceError(f"{label}: {reason(entry)}")
    told = feed.findtext("opensearch:totalResults", "", NAMESPACES)
    return Page(entries, int(told) if told.isascii() and told.isdigit() else len(entries))


def answer_from(entries: Sequence[etree._Element], label: str) -> Answer:
    """Entry by entry: what cannot be read is a problem line and stops none of the others."""
    listings: dict[str, ListingRecord] = {}
    problems = []
    for position, entry in enumerate(entries, start=1):
        record = record_from(entry)
        if record.canonical_id and record.title:
            listings[record.canonical_id] = listing_of(record)
        else:
            problems.append(f"{label}: entry {position} is left out: it has no id or no title")
    return Answer(len(entries), list(listings.values()), problems)


def listing_of(paper: PaperRecord) -> ListingRecord:
    return ListingRecord(paper, vote_count=0, comment_count=0, listed_at=paper.published_at)
