"""A paper's summaries on its card: who wrote each, what is to be said against it, and where it is
mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from newsletter.links import desk_path, summary_path
from newsletter.models import Entry
from newsletter.render.entries import language_name
from papers import flagged
from papers.models import Summary, Verdict
from papers.summarise.finding import Finding, Judgement


@dataclass(frozen=True)
class Writing:
    """A summary in one of the edition's languages. `verdict` is blank where there is nothing to
    do, `why_excerpt` where an excerpt was meant; `reasons` are the few that weigh most."""

    language: str
    name: str
    words: str
    is_missing: bool
    url: str
    verdict: str
    is_blocked: bool
    reasons: Sequence[Finding]
    more_count: int
    why_excerpt: str


def writing(entry: Entry, language: str) -> Writing:
    summaries = {summary.language: summary for summary in entry.paper.summaries.all()}
    summary = summaries.get(language)
    judgement = flagged.verdict_on(summary) if summary else Judgement(Verdict.PASS)
    reasons = flagged.reasons(judgement)
    return Writing(
        language=language,
        name=language_name(language),
        words=by_whom(summary),
        is_missing=summary is None or summary.is_blank,
        url=summary_path(summary.pk, entry.edition_id)
        if summary
        else where_to_add(entry, language),
        verdict=in_a_word(judgement.verdict),
        is_blocked=judgement.verdict is Verdict.BLOCK,
        reasons=reasons[: flagged.MOST_TOLD],
        more_count=len(reasons[flagged.MOST_TOLD :]),
        why_excerpt=why_excerpt(summary),
    )


def in_a_word(verdict: Verdict) -> str:
    if verdict is Verdict.PASS:
        return ""
    return _("Blocked") if verdict is Verdict.BLOCK else _("Check")


def by_whom(summary: Summary | None) -> str:
    if summary is None:
        return _("no summary")
    if summary.is_blank:
        return _("blank")
    if summary.is_excerpt:
        return _("excerpt")
    return summary.writer_name or str(summary.get_writer_display())


def why_excerpt(summary: Summary | None) -> str:
    """Why sentences of the abstract stand where a model was to write."""
    return str(summary.get_why_extract_display()) if summary and summary.why_extract else ""


def where_to_add(entry: Entry, language: str) -> str:
    """The form of a summary that is missing, with the way back to the desk."""
    form = reverse("admin:papers_summary_add")
    back = desk_path(entry.edition_id)
    return f"{form}?{urlencode({'back': back, 'paper': entry.paper_id, 'language': language})}"
