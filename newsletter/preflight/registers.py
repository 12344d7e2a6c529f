"""Summaries that end their sentences in another style than the rest of their edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.links import summary_path
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name
from papers.models import Summary
from papers.summarise.checks.register import CLOSING, style
from papers.summarise.checks.sentences import sentences

SHOWN = 12  # characters of an ending


def registers(material: Material) -> Iterator[Finding]:
    """Warns of Korean summaries in 한다 or 함 where most of the edition is in 합니다, or the other
    way round. What is mixed in itself is told at the summary."""
    by_language: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    urls: dict[tuple[str, int], str] = {}
    for number, entry, language, summary in material.places():
        if summary is not None and (found := style_of(summary)):
            by_language[language][number] = found
            urls[language, number] = summary_path(summary.pk, entry.edition_id)
    for language, styles in by_language.items():
        usual = Counter(name for name, _ending in styles.values()).most_common(1)[0][0]
        for number, (name, ending) in styles.items():
            if name != usual:
                words = {
                    "language": language_name(language),
                    "number": number,
                    "ending": f"…{ending}",
                }
                said = _(
                    "In %(language)s, no. %(number)s ends its sentences in another style than most "
                    "of this edition: “%(ending)s”."
                )
                yield Finding(Level.WARNING, said % words, url=urls[language, number])


def style_of(summary: Summary) -> tuple[str, str] | None:
    """Its one style and how a sentence ends in it; None where it has none, or several."""
    if summary.text_language != "ko":
        return None
    told = [
        (name, sentence.rstrip(CLOSING)[-SHOWN:])
        for part in summary.three_parts
        for sentence in sentences(part)
        if (name := style(sentence))
    ]
    return told[0] if len({name for name, _ending in told}) == 1 else None
