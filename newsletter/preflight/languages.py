"""Languages of one edition that do not say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.links import summary_path
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from papers.models import Summary
from papers.summarise.agreement import differences, drafts_of, sentences


def languages(material: Material) -> Iterator[Finding]:
    """Warns of numbers and names that a paper's summary has in one language and not in another.
    Excerpts are left out: they say other things than what was written."""
    printed: dict[int, list[Summary]] = defaultdict(list)
    for number, _entry, _language, summary in material.places():
        if summary is not None:
            printed[number].append(summary)
    for number, summaries in sorted(printed.items()):
        url = summary_path(summaries[0].pk, material.edition.pk)
        for said in sentences(differences(drafts_of(summaries))):
            words = {"number": number, "said": said}
            yield Finding(Level.WARNING, _("No. %(number)s: %(said)s") % words, url=url)
