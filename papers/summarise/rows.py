"""Summaries as they are stored: filled from what a writer wrote, unless an editor was faster."""

from collections.abc import Sequence

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


def store(summaries: Sequence[Summary]) -> None:
    """New rows, and some again. An editor's text stays where the editor was faster, and a model's
    where it comes to an extract only."""
    new = [summary for summary in summaries if not summary.pk]
    Summary.objects.bulk_create(new, ignore_conflicts=True)
    for writer, may_replace in REPLACES.items():
        again = [summary for summary in summaries if summary.pk and summary.writer == writer]
        if again:
            Summary.objects.filter(writer__in=may_replace).bulk_update(again, REWRITTEN)
