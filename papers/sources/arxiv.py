"""arXiv's export API: what it knows of papers that we know by id.

https://info.arxiv.org/help/api/user-manual.html. Answers are Atom, in a form that changed between
2020 and 2026; what is read here is true of both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from lxml import etree

from papers.sources.base import Author, PaperRecord, SourceError, canonical_id
from papers.sources.fields import utc
from papers.sources.http import Http, Pace, Refused
from papers.sources.names import once_encoded, person_name
from papers.sources.text import one_line

BATCH_SIZE = 100  # ids in one question
SECONDS_APART = 3  # https://info.arxiv.org/help/api/tou.html: one request every three seconds

LONGEST_TITLE = 1000  # characters
LONGEST_ABSTRACT = 20_000
LONGEST_REASON = 200
LONGEST_COMMENT = 2000

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
# Subject classes of mathematics and computing (68T50, I.2.7) stand among the categories.
CATEGORY = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")
ID_IN_URL = re.compile(r"https?://arxiv\.org/abs/(.+)")
VERSION = re.compile(r"v([1-9]\d{0,3})$", re.ASCII)
# "Withdrawn from a conference" is another matter.
NOTICE = re.compile(
    r"\bthis (?:paper|article|manuscript|submission|preprint|work) (?:has been|is|was) "
    r"(?:temporarily |formally )?withdrawn\b(?! from (?!arxiv))",
    re.IGNORECASE,
)
BARE_NOTICE = re.compile(r"(?:paper |article |submission )?withdrawn\b(?! from)", re.IGNORECASE)


@dataclass(frozen=True)
class Arxiv:
    http: Http = field(default_factory=lambda: Http(pace=Pace(SECONDS_APART)))

    def hurried(self) -> "Arxiv":
        """The same for somebody who waits."""
        return replace(self, http=self.http.hurried())

    def batches(self, ids: Sequence[str]) -> Iterator[tuple[Sequence[str], dict[str, PaperRecord]]]:
        """A question of up to 100 canonical ids at a time: what was asked for, and what is known.

        An id that arXiv does not know is absent from the records. Raises SourceError, or
        SourceUnavailable: ask again later.
        """
        for start in range(0, len(ids), BATCH_SIZE):
            batch = ids[start : start + BATCH_SIZE]
            yield batch, self.fetch(batch)

    def fetch(self, ids: Sequence[str]) -> dict[str, PaperRecord]:
        label = f"arXiv, papers {ids[0]}" + (f" to {ids[-1]}" if len(ids) > 1 else "")
        params = {"id_list": ",".join(ids), "max_results": str(len(ids))}
        try:
            body = self.http.get(settings.ARXIV_API_URL, params=params, label=label)
        except Refused as refused:
            raise SourceError(f"{refused}{said(refused.body)}") from refused
        return records_in(body, label)


def records_in(body: bytes, label: str) -> dict[str, PaperRecord]:
    """By canonical id. Raises SourceError for what is no feed, and for an entry named Error."""
    records = {}
    for entry in entries_in(feed_in(body, label)):
        if is_error(entry):
            raise SourceError(f"{label}: {reason(entry)}")
        record = record_from(entry)
        if record.canonical_id and record.title:
            records[record.canonical_id] = record
    return records


def said(body: bytes) -> str:
    """What an HTTP error gives as its reason."""
    try:
        entries = entries_in(feed_in(body, ""))
    except SourceError:
        return ""
    return "".join(f": {reason(entry)}" for entry in entries if is_error(entry))


def feed_in(body: bytes, label: str) -> etree._Element:
    # Entities and outside files are the two ways in which XML reaches beyond itself.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        feed = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{label}: the answer is cut or is not Atom: {error}") from error
    if feed.tag != f"{{{NAMESPACES['atom']}}}feed":
        raise SourceError(f"{label}: a feed was due, and there is <{one_line(str(feed.tag), 60)}>")
    return feed


def entries_in(feed: etree._Element) -> list[etree._Element]:
    return feed.findall("atom:entry", NAMESPACES)


def is_error(entry: etree._Element) -> bool:
    return text_of(entry, "atom:title", LONGEST_REASON) == "Error" and "/api/errors" in text_of(
        entry, "atom:id", LONGEST_REASON
    )


def reason(entry: etree._Element) -> str:
    return text_of(entry, "atom:summary", LONGEST_REASON)


def record_from(entry: etree._Element) -> PaperRecord:
    names = [
        person_name(once_encoded(told(name))) for name in found(entry, "atom:author/atom:name")
    ]
    abstract = text_of(entry, "atom:summary", LONGEST_ABSTRACT)
    revised_at = moment(entry, "atom:updated")
    is_withdrawn = says_withdrawn(text_of(entry, "arxiv:comment", LONGEST_COMMENT), abstract)
    return PaperRecord(
        canonical_id=paper_id(entry),
        title=text_of(entry, "atom:title", LONGEST_TITLE),
        authors=[Author(name) for name in names if name],
        abstract="" if NOTICE.search(abstract) else abstract,
        published_at=moment(entry, "atom:published"),
        withdrawn_at=revised_at if is_withdrawn else None,
        version=version(entry),
        revised_at=revised_at,
        categories=categories(entry),
    )


def says_withdrawn(comment: str, abstract: str) -> bool:
    """arXiv has no field for it: authors write so in the comment, or where the abstract stood."""
    return bool(NOTICE.search(comment) or BARE_NOTICE.match(comment) or NOTICE.search(abstract))


def paper_id(entry: etree._Element) -> str:
    url = ID_IN_URL.fullmatch(text_of(entry, "atom:id", LONGEST_REASON))
    return canonical_id(url[1]) if url else ""


def version(entry: etree._Element) -> int | None:
    told = VERSION.search(text_of(entry, "atom:id", LONGEST_REASON))
    return int(told[1]) if told else None


def moment(entry: etree._Element, path: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(text_of(entry, path, LONGEST_REASON)))
    except (ValueError, OverflowError):
        return None


def categories(entry: etree._Element) -> list[str]:
    """The primary one first, each once."""
    elements = [*found(entry, "arxiv:primary_category"), *found(entry, "atom:category")]
    terms = dict.fromkeys(element.get("term", "") for element in elements)
    return [term for term in terms if CATEGORY.fullmatch(term)]


def text_of(entry: etree._Element, path: str, limit: int) -> str:
    element = entry.find(path, NAMESPACES)
    return "" if element is None else one_line(once_encoded(told(element)), limit)


def found(entry: etree._Element, path: str) -> list[etree._Element]:
    return entry.findall(path, NAMESPACES)


def told(element: etree._Element) -> str:
    return element.text or ""


ARXIV = Arxiv()  # one, with its pace, for all who ask
