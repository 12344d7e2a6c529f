"""Papers that readers get twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsletter.models import Entry
from newsletter.preflight.finding import Finding, Level, listed
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name
from papers.summarise.draft import text_of
from papers.summarise.words import squeezed


def duplicates(material: Material) -> Iterator[Finding]:
    """Warns of papers with the same title, or the same summary, and of those that an edition of
    before has printed. One arXiv id cannot stand twice. A roundup repeats its week's on purpose."""
    titles, texts = defaultdict(list), defaultdict(list)
    for number, entry in enumerate(material.entries, start=1):
        titles[squeezed(entry.paper.title)].append(number)
    for number, _entry, language, summary in material.places():
        if summary is not None and (text := squeezed(text_of(summary))):
            texts[language, text].append(number)
    for numbers in titles.values():
        if len(numbers) > 1:
            said = _("No. %(numbers)s have the same title.") % {"numbers": listed(numbers)}
            yield Finding(Level.WARNING, said)
    for (language, _text), numbers in texts.items():
        if len(numbers) > 1:
            words = {"numbers": listed(numbers), "language": language_name(language)}
            said = _("No. %(numbers)s have the same summary in %(language)s.") % words
            yield Finding(Level.WARNING, said)
    yield from printed_before(material)


def printed_before(material: Material) -> Iterator[Finding]:
    edition = material.edition
    papers = {entry.paper_id: number for number, entry in enumerate(material.entries, start=1)}
    before = Entry.objects.filter(
        edition__newsletter=edition.newsletter_id,
        edition__date__lt=edition.date,
        edition__audience_frozen_at__isnull=False,
        paper__in=list(papers),
        hidden=False,
    ).order_by("edition__date")
    found = before.values_list("paper", "edition__date")
    for paper, date in dict(found).items():
        words = {"number": papers[paper], "day": date_format(date, _("j F"))}
        said = _("No. %(number)s was printed before, on %(day)s.") % words
        yield Finding(Level.WARNING, said)
