"""Summaries as they are stored: filled from what a writer wrote, unless an editor was faster."""

from collections.abc import Collection, Sequence
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from papers.models import Paper, Summary
from papers.summarise.draft import stored_claims
from papers.summarise.judging import JUDGED, keep_judgement
from papers.summarise.writer import ABSTRACTS_ARE_IN, Work, Written

WORDS = [
    *("lead", "lead_by", "whats_new", "technical_details", "performance_highlights"),
    *("text_language", "writer", "writer_name", "why_extract", "claims", "receipt_id"),
    *("source_kind", "source_length", "source_sha256"),
]
REWRITTEN = [
    *("receipt" if name == "receipt_id" else name for name in WORDS),
    *("written_at", *JUDGED),
]
REPLACES = {
    Summary.Writer.EXTRACT: [Summary.Writer.EXTRACT],
    Summary.Writer.MODEL: [Summary.Writer.EXTRACT, Summary.Writer.MODEL],
}


def fill(summary: Summary, work: Work, written: Written) -> None:
    source = work.source
    summary.lead, summary.lead_by = lead_of(work.paper, written.text_language)
    summary.whats_new = written.whats_new
    summary.technical_details = written.technical_details
    summary.performance_highlights = written.performance_highlights
    summary.text_language = written.text_language
    summary.writer, summary.writer_name = written.writer, written.writer_name
    summary.why_extract = work.why
    summary.claims = stored_claims(written.claims)
    summary.receipt = written.receipt
    summary.source_kind = source.kind
    summary.source_length, summary.source_sha256 = source.length, source.sha256
    summary.written_at = timezone.now()
    keep_judgement(summary)


def words_of(summary: Summary) -> list[object]:
    """All that a reader may notice."""
    return [getattr(summary, name) for name in WORDS]


def lead_of(paper: Paper, language: str) -> tuple[str, str]:
    """The Hub's own one-line summary and whom it is quoted from; it stands only before English."""
    if not paper.ai_summary or language != ABSTRACTS_ARE_IN:
        return "", ""
    model = paper.ai_summary_model.rpartition("/")[2]
    return paper.ai_summary, f"Hugging Face ({model})" if model else "Hugging Face"


def fixed(paper_ids: Collection[int], *, editor_asked: bool = False) -> set[int]:
    """Those of the papers whose summaries may not change now; whoever prints them says."""
    if not paper_ids:
        return set()
    found: set[int] = import_module(settings.SUMMARIES_PRINTED_BY).fixed(
        paper_ids, editor_asked=editor_asked
    )
    return found


def store(summaries: Sequence[Summary], *, editor_asked: bool = False) -> int:
    """New rows, and some again; returns how many of a model's stand, and how many were replaced. An
    editor's text stays where the editor was faster, and a model's where it comes to an extract
    only. What is printed by then stays, too, and drafts that print what changes are new
    versions."""
    new = [summary for summary in summaries if not summary.pk]
    Summary.objects.bulk_create(new, ignore_conflicts=True)
    stored = find_what_stands([each for each in new if each.writer == Summary.Writer.MODEL])
    again = [summary for summary in summaries if summary.pk]
    return stored + replace(again, editor_asked) if again else stored


@transaction.atomic
def replace(summaries: Sequence[Summary], editor_asked: bool) -> int:
    locked = Summary.objects.select_for_update().filter(pk__in=[each.pk for each in summaries])
    writers = dict(locked.order_by("pk").values_list("pk", "writer"))
    again = [
        each for each in summaries if writers.get(each.pk) in REPLACES[Summary.Writer(each.writer)]
    ]
    papers = {summary.paper_id for summary in again}
    if papers:
        import_module(settings.SUMMARIES_PRINTED_BY).make_new_versions(*papers)
    kept = fixed(papers, editor_asked=editor_asked)  # behind it: nobody approves one from now on
    again = [summary for summary in again if summary.paper_id not in kept]
    return Summary.objects.bulk_update(again, REWRITTEN) if again else 0


def find_what_stands(new: Sequence[Summary]) -> int:
    """How many of a model's new rows are there. One that found an extract there already, of
    somebody who was faster, gets its key."""
    count = 0
    for summary in new:
        row = Summary.objects.get(paper=summary.paper_id, language=summary.language)
        if (row.writer, row.written_at) == (summary.writer, summary.written_at):
            count += 1
        elif row.is_excerpt:
            summary.pk = row.pk
    return count
