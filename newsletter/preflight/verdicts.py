"""Summaries that do not fit their papers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.models import Entry
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.clean import one_line, shortened
from newsletter.render.entries import language_name
from papers.models import Summary, Verdict
from papers.summarise.draft import text_of
from papers.summarise.finding import Judgement
from papers.summarise.judging import judgement_of


def verdicts(material: Material) -> Iterator[Finding]:
    """Stops at a summary that is blocked: next to nothing of what it names stands in the abstract.
    Warns of one that should be looked at, unless an editor wrote it."""
    for number, entry, language, summary in material.places():
        if summary is None:
            continue
        judgement = verdict_on(summary)
        if judgement.verdict is Verdict.BLOCK:
            said = blocked(number, entry, language, judgement)
            yield Finding(Level.STOP, said, seen(entry, summary))
        elif judgement.verdict is Verdict.REVIEW:
            said = unreviewed(number, language, judgement)
            yield Finding(Level.WARNING, said, seen(entry, summary))


def verdict_on(summary: Summary) -> Judgement:
    """The judge's; who is an editor has looked, and passes where that is all that is asked for."""
    judgement = judgement_of(summary)
    is_looked_over = summary.writer == Summary.Writer.EDITOR
    if judgement.verdict is Verdict.REVIEW and is_looked_over:
        return Judgement(Verdict.PASS)
    return judgement


def names_of(judgement: Judgement) -> str:
    """What a summary names, and its source does not: the first few."""
    telling = (each for each in judgement.findings if each.check in ("identification", "terms"))
    named = (finding.words.get("names") for finding in telling)
    return str(next(filter(None, named), ""))


def blocked(number: int, entry: Entry, language: str, judgement: Judgement) -> str:
    words = {
        "number": number,
        "language": language_name(language),
        "title": shortened(one_line(entry.paper.short_title), 60),
    }
    if judgement.findings[0].check == "identification" and (names := names_of(judgement)):
        return _(
            "The summary of no. %(number)s in %(language)s may be invented, or of another paper "
            "than “%(title)s”. Not in the abstract: %(names)s."
        ) % (words | {"names": names})
    reasons = [f.sentence for f in judgement.findings if f.level is Verdict.BLOCK]
    return _(
        "The summary of no. %(number)s in %(language)s, of “%(title)s”, is blocked. %(reasons)s"
    ) % (words | {"reasons": " ".join(reasons)})


def unreviewed(number: int, language: str, judgement: Judgement) -> str:
    words = {"number": number, "language": language_name(language)}
    if not names_of(judgement):
        return _("Nobody has looked over the summary of no. %(number)s in %(language)s.") % words
    return _(
        "Nobody has looked over the summary of no. %(number)s in %(language)s. Not in the "
        "abstract: %(names)s."
    ) % (words | {"names": names_of(judgement)})


def seen(entry: Entry, summary: Summary) -> str:
    """What was held against what."""
    texts = [summary.language, text_of(summary), entry.paper.title, entry.paper.abstract]
    return hashlib.sha256("\0".join([str(entry.paper_id), *texts]).encode()).hexdigest()
