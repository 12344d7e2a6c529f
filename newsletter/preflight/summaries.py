"""Papers of which nothing is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name
from papers.models import Summary

NAME = "summaries"


def summaries(material: Material) -> Iterator[Finding]:
    """Warns of papers without a summary in a language; stops where none of them has one."""
    missing = defaultdict(list)
    for number, _entry, language, summary in material.places():
        if summary is None or is_blank(summary):
            missing[language].append(number)
    for language, numbers in missing.items():
        words = {"language": language_name(language), "numbers": ", ".join(map(str, numbers))}
        if len(numbers) == len(material.entries):
            said = _("No paper has a summary in %(language)s.") % words
            yield Finding(NAME, Level.STOP, said, language)
        else:
            said = _("No summary in %(language)s: no. %(numbers)s.") % words
            yield Finding(NAME, Level.WARNING, said, "")


def is_blank(summary: Summary) -> bool:
    said = [summary.lead, *three_parts(summary), *(text for _label, text in summary.further)]
    return not any(text.strip() for text in said)


def three_parts(summary: Summary) -> list[str]:
    return [summary.whats_new, summary.technical_details, summary.performance_highlights]
