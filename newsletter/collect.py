"""Collect: everything that an edition is composed from, fetched, filled in and summarised."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from newsletter.models import Newsletter
from papers.fetch import fetch_papers, fill_from_arxiv
from papers.fulltext import read_listed
from papers.models import Paper
from papers.sources.base import SourceError
from papers.summarise import summarise

SECONDS_FOR_TEXTS = 15  # most were read ahead, as the list was pulled

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Collected:
    paper_count: int  # papers on the list of the date, as it is stored now
    summary_count: int  # summaries written just now, in all languages
    problems: Sequence[str]  # a line for each source that could not be read, or not wholly


def collect_papers(
    newsletter: Newsletter, day: date, *, ask: bool = True, seconds: float = inf
) -> Collected:
    """Ask the sources about a day and summarise what is missing, in the newsletter's languages:
    the papers with the most votes first, for so many seconds where language models write.

    `ask=False` takes what is stored. A source that is down is a problem and not an error: what was
    stored before is used. May be repeated.
    """
    problems = ask_sources(newsletter.source, day) if ask else []
    if ask:
        read_listed(newsletter.source, day, seconds=SECONDS_FOR_TEXTS)
    papers = Paper.objects.listed_on(newsletter.source, day).order_by("-listings__vote_count")
    told = summarise(papers, newsletter.languages, seconds=seconds)
    return Collected(papers.count(), told.written, problems)


def ask_sources(source: str, day: date) -> list[str]:
    problems: list[str] = []
    try:
        problems += fetch_papers(source, day).problems
        fill_from_arxiv(Paper.objects.listed_on(source, day))
    except SourceError as error:
        logger.warning("collect source=%s date=%s: %s", source, day, error)
        problems.append(str(error))
    return problems
