"""A paper's summaries on its card: who wrote each, what is to be said against it, and where it is
written anew."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from newsletter.links import desk_path
from newsletter.models import Entry
from newsletter.preflight.verdicts import names_of, verdict_on
from newsletter.render.entries import language_name
from papers.models import Summary, Verdict
from papers.summarise.finding import Judgement


@dataclass(frozen=True)
class Writing:
    """A summary in one of the edition's languages. `verdict` is blank where there is nothing to
    do; `why` names what the abstract does not know."""

    language: str
    name: str
    words: str
    is_missing: bool
    url: str
    verdict: str
    is_blocked: bool
    why: str


def writing(entry: Entry, language: str) -> Writing:
    summaries = {summary.language: summary for summary in entry.paper.summaries.all()}
    summary = summaries.get(language)
    judgement = verdict_on(summary) if summary else None
    return Writing(
        language=language,
        name=language_name(language),
        words=by_whom(summary),
        is_missing=summary is None or summary.is_blank,
        url=where_to_write(entry, language, summary),
        verdict=in_a_word(judgement),
        is_blocked=judgement is not None and judgement.verdict is Verdict.BLOCK,
        why=names_of(judgement) if judgement else "",
    )


def in_a_word(judgement: Judgement | None) -> str:
    if judgement is None or judgement.verdict is Verdict.PASS:
        return ""
    return _("Blocked") if judgement.verdict is Verdict.BLOCK else _("Check")


def by_whom(summary: Summary | None) -> str:
    if summary is None:
        return _("no summary")
    if summary.is_blank:
        return _("blank")
    if summary.is_excerpt:
        return _("excerpt")
    return summary.writer_name or str(summary.get_writer_display())


def where_to_write(entry: Entry, language: str, summary: Summary | None) -> str:
    """The summary's form, with the way back to the desk."""
    back = desk_path(entry.edition_id)
    if summary:
        form = reverse("admin:papers_summary_change", args=[summary.pk])
        return f"{form}?{urlencode({'back': back})}"
    form = reverse("admin:papers_summary_add")
    return f"{form}?{urlencode({'back': back, 'paper': entry.paper_id, 'language': language})}"
