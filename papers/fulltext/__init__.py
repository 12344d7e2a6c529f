"""Full text: what papers say beyond their abstracts, read ahead of the summaries that need it.

arXiv's HTML, and the PDF where there is none that can be used. Only a text in which the paper's
own abstract occurs is kept: else a template, a notice or another paper would be summarised.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone
from lxml.etree import LxmlError

from papers.fulltext import page, pdf
from papers.fulltext.document import Document, Unusable, chosen
from papers.models import Listing, Paper, Reading
from papers.sources.arxiv import ARXIV
from papers.sources.base import SourceError, SourceUnavailable, canonical_id
from papers.sources.http import Http
from papers.summarise.source import SourceText, full_text, keep_reading

logger = logging.getLogger(__name__)

# Its pace is that of all questions to arXiv. Nobody waits: the next turn asks again.
HTTP = replace(ARXIV.http, read_seconds=15, whole_seconds=40, tries_again=False)
MOST_LISTED = 50  # papers of a list: no edition prints more
LARGEST_PAGE, LARGEST_PDF = 12_000_000, 30_000_000  # bytes
AGAIN_AFTER = timedelta(days=1)
AFTER_AN_OUTAGE = timedelta(minutes=30)
MOST_OUTAGES = 3  # in a row: then arXiv is down, and not a page of it
# What a stranger's text may break; a database that is gone breaks the next statement, too.
OF_ONE_TEXT = (ArithmeticError, DatabaseError, LookupError, LxmlError, RecursionError, ValueError)


def is_wanted() -> bool:
    """A language model is configured, and shall read more than abstracts."""
    return bool(settings.LLM_MODELS) and settings.LLM_FULL_TEXT


def read_listed(source: str, day: date, *, seconds: float) -> int:
    """Read the papers of a list that an edition may print, those with most votes first, for so many
    seconds; how many were read. None is, unless texts are wanted. May be repeated."""
    if not is_wanted():
        return 0
    listed = Listing.objects.filter(source=source, date=day).select_related("paper")
    best = listed.order_by("-vote_count", "-comment_count", "paper__canonical_id")[:MOST_LISTED]
    return read_texts([listing.paper for listing in best], seconds=seconds)


def read_texts(papers: Iterable[Paper], *, seconds: float, http: Http = HTTP) -> int:
    """Read what is missing, in the order of the papers, and begin with none after so many seconds,
    which is also the most that one page may take; how many were read.

    A paper is asked for once a version, or once a day where that failed; no failure stops the
    others. May be repeated, and run twice at once.
    """
    ends_at, outages, count = time.monotonic() + seconds, 0, 0
    http = replace(http, whole_seconds=min(http.whole_seconds, seconds))
    for paper in due(papers):
        if time.monotonic() > ends_at or outages == MOST_OUTAGES:
            break
        if not claim(paper):
            continue
        try:
            count += read_text(paper, http) is not None
            outages = 0
        except SourceUnavailable as error:
            logger.warning("text paper=%s: %s", paper.canonical_id, error)
            outages += 1
            continue
        except OF_ONE_TEXT:
            logger.exception("text paper=%s", paper.canonical_id)
        Paper.objects.filter(pk=paper.pk).update(text_due_at=timezone.now() + AGAIN_AFTER)
    return count


def due(papers: Iterable[Paper]) -> Iterator[Paper]:
    now = timezone.now()
    for paper in papers:
        is_of_arxiv = canonical_id(paper.canonical_id) == paper.canonical_id
        is_time = paper.text_due_at is None or paper.text_due_at <= now
        is_there = is_of_arxiv and paper.abstract and not paper.withdrawn_at
        if is_there and is_time and full_text(paper) is None:
            yield paper


def claim(paper: Paper) -> bool:
    """Have it for as long as an outage may last; False, if another worker has it."""
    now = timezone.now()
    is_free = Q(text_due_at=None) | Q(text_due_at__lte=now)
    row = Paper.objects.filter(is_free, pk=paper.pk)
    return row.update(text_due_at=now + AFTER_AN_OUTAGE) == 1


def read_text(paper: Paper, http: Http) -> Reading | None:
    """The first of the ways that leads to a text. Raises SourceUnavailable."""
    for kind in (Reading.Kind.HTML, Reading.Kind.PDF):
        try:
            document = read(paper, kind, http)
            text, headings = chosen(document, paper.abstract)
        except SourceUnavailable:
            raise
        except (SourceError, Unusable) as why:
            logger.info("text paper=%s %s: %s", paper.canonical_id, kind.value, why)
        else:
            version = document.version or paper.version
            return keep_reading(paper, SourceText(paper.title, text, kind, headings, version))
    return None


def read(paper: Paper, kind: Reading.Kind, http: Http) -> Document:
    """Raises SourceError, SourceUnavailable, Unusable."""
    name = paper.canonical_id
    address = f"{settings.ARXIV_URL}/{kind.value}/{quote(name)}"
    label = f"arXiv, {kind.value} of {name}"
    if kind is Reading.Kind.HTML:
        web = replace(http, body_limit=LARGEST_PAGE)
        return page.document_in(web.get(address, params={}, label=label), name)
    if not pdf.can_be_read():
        raise Unusable("pypdf is not installed")
    web = replace(http, body_limit=LARGEST_PDF)
    return pdf.document_in(web.get(address, params={}, label=label), name)
