"""Summarise: papers get their summary in a language, where it is missing."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice
from math import inf

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from papers.models import Paper, Revision, Summary
from papers.summarise.draft import text_of
from papers.summarise.judge import judge
from papers.summarise.pool import todays_pool
from papers.summarise.rows import fill, fixed, store, words_of
from papers.summarise.source import SourceText, abstract_of, source_text
from papers.summarise.writer import Work, Written, write_extracts

logger = logging.getLogger(__name__)

BATCH = 100  # papers; when a run is killed, the batches before stay written
ENOUGH = 400  # characters: of less than that a model would make up the rest
SECONDS_FOR_ONE = 240  # that somebody asked for; a worker is ended after 600
Why = Summary.WhyExtract
BY_MACHINE = (Summary.Writer.EXTRACT, Summary.Writer.MODEL)
Progress = Callable[[int], None]
Key = tuple[int, str]  # a paper's, and a language
TRY_AGAIN = (Why.BUDGET, Why.LATE, Why.UNAVAILABLE)


@dataclass
class Told:
    """What a run has written, and what its models cost."""

    due: int = 0
    by_model: int = 0
    from_before: int = 0  # of those: answers that were there already and not paid for again
    extracts: Counter[str] = field(default_factory=Counter)  # by why; blank: no model was to write
    languages: Counter[str] = field(default_factory=Counter)  # what was written, by language
    late: int = 0  # what the time did not reach for, whether its extract is a new one or not
    cost_usd: Decimal = Decimal(0)

    @property
    def written(self) -> int:
        return self.by_model + self.extracts.total()


def summarise_papers(papers: Iterable[Paper], language: str) -> int:
    """What is missing in one language; returns how many were written."""
    return summarise(papers, [language]).written


def summarise(
    papers: Iterable[Paper],
    languages: Sequence[str],
    *,
    seconds: float = inf,
    also_extracts: bool = False,
    progress: Progress = lambda count: None,
) -> Told:
    """Write what is missing in some languages, and write an extract again whose text has changed.

    The configured models write, all languages at once, for so many seconds; in none they are not
    asked, as by somebody who waits at a page. Where they do not write, an extract says why, and a
    later run asks them again; `also_extracts` has it ask for those, too, that were written before
    there was a model. What an editor wrote or chose, or a document wrote, stays, and so does what
    an approved edition prints. A paper of which nothing can be written (it has no abstract) gets no
    summary and does not stop the others.

    May be repeated, and killed: what a model answered is kept at once. Without models it takes a
    few queries a hundred papers. `progress` is told how many were gone through.
    """
    until = time.monotonic() + seconds
    told = Told()
    for batch in batches(papers):
        due = [
            summary
            for language in languages
            for summary in due_summaries(batch, language, also_extracts)
        ]
        progress(len(batch) * len(languages) - len(due))
        Batch(due, told, progress=progress).write(until)
    logger.info(
        "summarised language=%s written=%s of=%s by_model=%s from_before=%s cost=%s",
        ",".join(languages),
        told.written,
        told.due,
        told.by_model,
        told.from_before,
        told.cost_usd,
    )
    return told


def ask_again(summary: Summary) -> str:
    """Have the models write one anew, whatever they answered before; what stands stays where they
    do not. Returns why they did not, blank where they did."""
    if summary.writer not in BY_MACHINE or not settings.LLM_MODELS:
        return Why.UNAVAILABLE
    batch = Batch([summary], Told(), anew=True)
    whys = batch.write_by_models(time.monotonic() + SECONDS_FOR_ONE)
    return "" if batch.told.by_model else next(iter(whys.values()), Why.UNAVAILABLE)


def batches(papers: Iterable[Paper]) -> Iterator[Sequence[Paper]]:
    papers = iter(papers)
    while batch := list(islice(papers, BATCH)):
        yield batch


def due_summaries(
    papers: Sequence[Paper], language: str, also_extracts: bool = False
) -> list[Summary]:
    """A row to fill for each paper without one, for the extracts whose text has changed, and for
    those which a model may write after all. What an editor chose stays."""
    present = Summary.objects.by_paper(papers, language)
    chosen = chosen_by_editors(present.values())
    due = []
    for paper in papers:
        summary = present.get(paper.pk, Summary(language=language))
        summary.paper = paper
        if summary.pk in chosen:
            continue
        if not summary.pk or is_outdated(summary) or is_tried_again(summary, also_extracts):
            due.append(summary)
    kept = fixed({summary.paper_id for summary in due if summary.pk})
    return [summary for summary in due if not summary.pk or summary.paper_id not in kept]


def chosen_by_editors(summaries: Iterable[Summary]) -> set[int]:
    """The excerpts that stand where an editor wanted them, and not for want of a model."""
    excerpts = [each.pk for each in summaries if each.is_excerpt and not each.why_extract]
    by_person = Revision.objects.filter(summary__in=excerpts).exclude(by_name="")
    return set(by_person.values_list("summary", flat=True)) if excerpts else set()


def is_outdated(summary: Summary) -> bool:
    if not summary.is_excerpt:
        return False
    now = (abstract_of(summary.paper).sha256, summary.paper.ai_summary)
    return (summary.source_sha256, summary.lead) != now


def is_tried_again(summary: Summary, also_extracts: bool) -> bool:
    if not summary.is_excerpt or not settings.LLM_MODELS:
        return False
    return also_extracts or summary.why_extract in TRY_AGAIN


def is_enough(source: SourceText) -> bool:
    return len(source.text.strip()) >= ENOUGH


def key_of(work: Work) -> Key:
    return work.paper.pk, work.language


class Batch:
    """The rows that are due of a hundred papers, on their way through the writers."""

    def __init__(
        self,
        due: Sequence[Summary],
        told: Told,
        *,
        progress: Progress = lambda count: None,
        anew: bool = False,
    ) -> None:
        self.rows = {(summary.paper.pk, summary.language): summary for summary in due}
        self.anew = anew
        self.written: set[Key] = set()
        self.extracts: list[Summary] = []
        self.told = told
        self.progress = progress
        self.started_at = timezone.now()
        told.due += len(due)

    def write(self, until: float) -> None:
        whys = self.write_by_models(until) if settings.LLM_MODELS else {}
        left = [
            Work(row.paper, abstract_of(row.paper), row.language, whys.get(key, ""))
            for key, row in self.rows.items()
            if key not in self.written
        ]
        self.told.late += sum(work.why == Why.LATE for work in left)
        write_extracts(left, self.keep_extract)
        store(self.extracts)
        self.progress(len(left))

    def write_by_models(self, until: float) -> dict[Key, str]:
        """Why they did not write what they were to write; what is too short for them is left out.

        A text is looked up once for all languages.
        """
        papers = {row.paper.pk: row.paper for row in self.rows.values()}
        sources = {pk: source_text(paper) for pk, paper in papers.items()}
        works = [
            Work(row.paper, sources[row.paper.pk], row.language, anew=self.anew)
            for row in self.rows.values()
            if is_enough(sources[row.paper.pk])
        ]
        if time.monotonic() >= until:
            return {key_of(work): Why.LATE for work in works}
        if works:
            write = import_string("papers.summarise.llm.run.write")  # 70 MB: for workers alone
            held = partial(judge, pool=todays_pool())
            self.told.cost_usd += write(works, self.keep, held, until)
        return {key_of(work): work.why for work in works if work.why}

    def keep(self, work: Work, written: Written) -> None:
        """A model's, at once: it was paid for. The next one of this run must not say the same."""
        summary = self.row(work)
        fill(summary, work, written)
        self.written.add(key_of(work))
        self.progress(1)
        if not store([summary], editor_asked=self.anew):
            return
        todays_pool().earlier.add(summary.paper.title, text_of(summary))
        self.told.by_model += 1
        self.told.languages[work.language] += 1
        if written.receipt and written.receipt.asked_at < self.started_at:
            self.told.from_before += 1

    def keep_extract(self, work: Work, written: Written) -> None:
        summary = self.row(work)
        before = words_of(summary)
        fill(summary, work, written)
        if words_of(summary) != before:
            self.extracts.append(summary)
            self.told.extracts[work.why] += 1
            self.told.languages[work.language] += 1

    def row(self, work: Work) -> Summary:
        return self.rows[key_of(work)]
