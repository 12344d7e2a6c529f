"""Summaries that do not fit their papers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.links import summary_path
from newsletter.models import Entry
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.clean import one_line, shortened
from newsletter.render.entries import language_name
from papers import flagged
from papers.models import Summary, Verdict
from papers.summarise.draft import text_of
from papers.summarise.finding import Judgement


def verdicts(material: Material) -> Iterator[Finding]:
    """Stops at a summary that our checks block. Warns of one that should be looked at, unless an
    editor wrote it."""
    for number, entry, language, summary in material.places():
        if summary is None:
            continue
        summary.paper = entry.paper
        judgement = flagged.verdict_on(summary)
        if judgement.verdict is Verdict.PASS:
            continue
        is_blocked = judgement.verdict is Verdict.BLOCK
        words = blocked if is_blocked else unreviewed
        yield Finding(
            Level.STOP if is_blocked else Level.WARNING,
            " ".join([words(number, entry, language), *worst(judgement)]),
            seen(entry, summary),
            url=summary_path(summary.pk, entry.edition_id),
        )


def worst(judgement: Judgement) -> list[str]:
    """Why it is flagged, in plain words: the few that weigh most, and how many more there are."""
    reasons = flagged.reasons(judgement)
    said = [finding.sentence for finding in reasons[: flagged.MOST_TOLD]]
    more = len(reasons) - len(said)
    if more:
        said.append(ngettext("%(count)s more.", "%(count)s more.", more) % {"count": more})
    return said


def blocked(number: int, entry: Entry, language: str) -> str:
    return _("The summary of no. %(number)s in %(language)s, “%(title)s”, is blocked.") % {
        "number": number,
        "language": language_name(language),
        "title": shortened(one_line(entry.paper.short_title), 60),
    }


def unreviewed(number: int, entry: Entry, language: str) -> str:
    return _("Nobody has looked over the summary of no. %(number)s in %(language)s.") % {
        "number": number,
        "language": language_name(language),
    }


def seen(entry: Entry, summary: Summary) -> str:
    """What was held against what: the same text against the same source, however often."""
    held_against = summary.source_sha256 or entry.paper.abstract
    texts = [summary.language, text_of(summary), entry.paper.title, held_against]
    return hashlib.sha256("\0".join([str(entry.paper_id), *texts]).encode()).hexdigest()
