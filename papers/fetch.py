"""Fetch and store: ask a source for a date, and keep what it says."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from papers.models import Paper, Pull
from papers.sources import source
from papers.sources.arxiv import ARXIV, Arxiv
from papers.sources.base import Answer, PaperRecord, SourceError, UnknownPaper, canonical_id
from papers.store import fill_in, keep, store_listings, store_papers

logger = logging.getLogger(__name__)

DAYS_THAT_GROW = 3  # before today
ARXIV_AGAIN_AFTER = timedelta(days=1)  # for a paper that arXiv could not tell us enough of


@dataclass(frozen=True)
class FetchReport:
    """What became of an answer about a date."""

    source: str
    date: date
    entry_count: int  # what the source sent, the unreadable and the repeated included
    paper_count: int  # what of it is on the stored list now
    new_count: int  # papers that were not on that list before
    changed_count: int  # papers that were, and are told differently now
    problems: Sequence[str]  # a line for each thing that could not be read


def fetch_papers(source_name: str, day: date, *, hurried: bool = False) -> FetchReport:
    """Ask a source for a date and store what it says. May be repeated: a list grows all day.

    `hurried` is for somebody who waits. Raises SourceError, or SourceUnavailable: ask again later.
    Then the Pull says why, and everything stored is as it was.
    """
    asked = source(source_name).hurried() if hurried else source(source_name)
    try:
        answer = asked.fetch(day)
    except SourceError as error:
        note_failure(source_name, day, error)
        raise
    return store_answer(source_name, day, answer)


@transaction.atomic
def store_answer(source_name: str, day: date, answer: Answer) -> FetchReport:
    """Keep an answer, and that it came. May be repeated."""
    stored = store_listings(source_name, day, answer.listings)
    now = timezone.now()
    Pull.objects.update_or_create(
        source=source_name,
        date=day,
        defaults={
            "attempted_at": now,
            "succeeded_at": now,
            "entry_count": answer.entry_count,
            "problem": "\n".join(answer.problems),
        },
    )
    report = FetchReport(
        source_name,
        day,
        answer.entry_count,
        len(stored.papers),
        stored.new_count,
        stored.changed_count,
        answer.problems,
    )
    log(report)
    return report


def fetch_paper(name: str, arxiv: Arxiv = ARXIV) -> Paper:
    """The paper of a canonical id, for somebody who waits; asked of arXiv when it is not stored.

    What arXiv alone could tell of a stored one is asked for, too, and done without when it does
    not answer. Raises UnknownPaper, SourceError, or SourceUnavailable: ask again later.
    """
    paper = Paper.objects.filter(canonical_id=name).first()
    if paper is None:
        return store_fetched(name, arxiv.hurried())
    try:
        fill_from_arxiv([paper], arxiv.hurried())
    except SourceError as error:
        logger.warning("paper=%s is taken as it is stored: %s", name, error)
    return paper


def store_fetched(name: str, arxiv: Arxiv) -> Paper:
    record = arxiv.fetch([name]).get(name)
    if record is None:
        raise UnknownPaper(f"arXiv knows no paper {name}")
    [paper], _changed = store_papers([record])
    return Paper.objects.get(pk=paper.pk)


def recent_days(source_name: str) -> list[date]:
    """The days whose lists may still grow, oldest first: a few before today, and today."""
    today = source(source_name).today()
    return [today - timedelta(days=ago) for ago in range(DAYS_THAT_GROW, -1, -1)]


def fill_from_arxiv(papers: Iterable[Paper], arxiv: Arxiv = ARXIV) -> int:
    """Ask arXiv for what nobody told of these papers; how many of them know more now.

    May be repeated: a paper is asked for at most once a day. Raises SourceError, or
    SourceUnavailable: ask again later; what came before that is kept.
    """
    lacking = {paper.canonical_id: paper for paper in papers if is_worth_asking(paper)}
    filled_count = 0
    for ids, records in arxiv.batches(list(lacking)):
        filled_count += keep_filled([lacking[name] for name in ids], records)
    logger.info("asked arxiv papers=%d filled=%d", len(lacking), filled_count)
    return filled_count


def note_failure(source_name: str, day: date, error: SourceError) -> None:
    Pull.objects.update_or_create(
        source=source_name,
        date=day,
        defaults={"attempted_at": timezone.now(), "problem": str(error)},
    )


def log(report: FetchReport) -> None:
    logger.info(
        "fetched source=%s date=%s entries=%d papers=%d new=%d changed=%d problems=%d",
        report.source,
        report.date,
        report.entry_count,
        report.paper_count,
        report.new_count,
        report.changed_count,
        len(report.problems),
    )


def is_worth_asking(paper: Paper) -> bool:
    is_lacking = not (paper.title and paper.abstract and paper.authors and paper.categories)
    asked_at = paper.arxiv_asked_at
    is_due = asked_at is None or asked_at < timezone.now() - ARXIV_AGAIN_AFTER
    return is_lacking and is_due and canonical_id(paper.canonical_id) == paper.canonical_id


def keep_filled(papers: Sequence[Paper], records: dict[str, PaperRecord]) -> int:
    """Save what arXiv told, and of all that were asked for, when; how many know more now."""
    told = [
        (paper, records[paper.canonical_id]) for paper in papers if paper.canonical_id in records
    ]
    changes = [fill_in(paper, record) for paper, record in told]
    for paper in papers:
        paper.arxiv_asked_at = timezone.now()
    keep(papers, {"arxiv_asked_at"}.union(*changes))
    return sum(bool(names) for names in changes)
