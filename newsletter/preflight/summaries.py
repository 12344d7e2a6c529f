"""Papers of which nothing is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.preflight.finding import Finding, Level, listed
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name


def summaries(material: Material) -> Iterator[Finding]:
    """Warns of papers without a summary in a language; stops where none of them has one."""
    missing = defaultdict(list)
    for number, _entry, language, summary in material.places():
        if summary is None or summary.is_blank:
            missing[language].append(number)
    for language, numbers in missing.items():
        words = {"language": language_name(language), "numbers": listed(numbers)}
        if len(numbers) == len(material.entries):
            said = _("No paper has a summary in %(language)s.") % words
            yield Finding(Level.STOP, said, language)
        else:
            said = _("No summary in %(language)s: no. %(numbers)s.") % words
            yield Finding(Level.WARNING, said)
