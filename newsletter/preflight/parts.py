"""Parts that were left blank, in a summary or around the papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.preflight.finding import Finding, Level, listed
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name


def parts(material: Material) -> Iterator[Finding]:
    """Warns of summaries that say less than their three parts, but for excerpts, of which the mail
    says so itself; and of an intro that stands in one language and not in another."""
    short = defaultdict(list)
    for number, _entry, language, summary in material.places():
        if summary is None or summary.is_excerpt or summary.is_blank or summary.lead.strip():
            continue
        if not all(part.strip() for part in summary.three_parts):
            short[language].append(number)
    for language, numbers in short.items():
        words = {"language": language_name(language), "numbers": listed(numbers)}
        said = _("A part of the summary in %(language)s is blank: no. %(numbers)s.") % words
        yield Finding(Level.WARNING, said)
    yield from intros(material)


def intros(material: Material) -> Iterator[Finding]:
    written = {code for code, each in material.renditions.items() if each.intro.strip()}
    if not written:
        return
    for language in material.mails:
        if language not in written:
            said = _("There is no intro in %(language)s.") % {"language": language_name(language)}
            yield Finding(Level.WARNING, said)
