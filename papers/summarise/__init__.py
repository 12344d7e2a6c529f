"""Summarise: papers get their summary in a language, where it is missing."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.utils import timezone

from papers.models import Paper, Summary
from papers.summarise.source import SourceText, abstract_of
from papers.summarise.writer import ABSTRACTS_ARE_IN, CannotWrite, Writer, Written, write_extract

logger = logging.getLogger(__name__)

WRITER: Writer = write_extract
BATCH = 100  # papers; when a run is killed, the batches before stay written
REWRITTEN = [
    *("lead", "lead_by", "whats_new", "technical_details", "performance_highlights"),
    *("text_language", "writer", "writer_name"),
    *("source_kind", "source_length", "source_sha256", "written_at"),
]


def summarise_papers(papers: Iterable[Paper], language: str) -> int:
    """Write what is missing in a language, and write an extract again whose text has changed.

    What an editor or a document wrote stays. A paper of which nothing can be written (it has no
    abstract) gets no summary and does not stop the others. May be repeated; at most three queries
    a hundred papers. Returns how many were written.
    """
    due_count = written_count = 0
    for batch in batches(papers):
        due = due_summaries(batch, language)
        written = [summary for summary in due if write(summary)]
        store(written)
        due_count += len(due)
        written_count += len(written)
    logger.info("summarised language=%s written=%s of=%s", language, written_count, due_count)
    return written_count


def batches(papers: Iterable[Paper]) -> Iterator[Sequence[Paper]]:
    papers = iter(papers)
    while batch := list(islice(papers, BATCH)):
        yield batch


def due_summaries(papers: Sequence[Paper], language: str) -> list[Summary]:
    """A row to fill for each paper without one, and the extracts whose text has changed."""
    present = Summary.objects.by_paper(papers, language)
    due = []
    for paper in papers:
        summary = present.get(paper.pk, Summary(language=language))
        summary.paper = paper
        if not summary.pk or is_outdated(summary):
            due.append(summary)
    return due


def is_outdated(summary: Summary) -> bool:
    if not summary.is_excerpt:
        return False
    now = (abstract_of(summary.paper).sha256, summary.paper.ai_summary)
    return (summary.source_sha256, summary.lead) != now


def write(summary: Summary) -> bool:
    """Fill a summary from its paper; False, with a line in the log, when nothing can be written."""
    source = abstract_of(summary.paper)
    try:
        written = WRITER(source, summary.language)
    except CannotWrite as cannot:
        logger.warning("paper=%s has no summary: %s", summary.paper.canonical_id, cannot)
        return False
    fill(summary, source, written)
    return True


def fill(summary: Summary, source: SourceText, written: Written) -> None:
    summary.lead, summary.lead_by = lead_of(summary.paper, written.text_language)
    summary.whats_new = written.whats_new
    summary.technical_details = written.technical_details
    summary.performance_highlights = written.performance_highlights
    summary.text_language = written.text_language
    summary.writer, summary.writer_name = written.writer, written.writer_name
    summary.source_kind = source.kind
    summary.source_length, summary.source_sha256 = source.length, source.sha256
    summary.written_at = timezone.now()


def lead_of(paper: Paper, language: str) -> tuple[str, str]:
    """The Hub's own one-line summary and whom it is quoted from; it stands only before English."""
    if not paper.ai_summary or language != ABSTRACTS_ARE_IN:
        return "", ""
    model = paper.ai_summary_model.rpartition("/")[2]
    return paper.ai_summary, f"Hugging Face ({model})" if model else "Hugging Face"


def store(summaries: Sequence[Summary]) -> None:
    """New rows, and extracts again. Where an editor was faster, the editor's text stays."""
    new = [summary for summary in summaries if not summary.pk]
    again = [summary for summary in summaries if summary.pk]
    Summary.objects.bulk_create(new, ignore_conflicts=True)
    Summary.objects.filter(writer=Summary.Writer.EXTRACT).bulk_update(again, REWRITTEN)
