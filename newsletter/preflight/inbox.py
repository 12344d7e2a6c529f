"""Subjects and preheaders that filters, and people, take for spam."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.inboxes import says_the_same
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name

PATTERNS = [
    (re.compile(r"^\s*(?:re|fwd?|답장|회신|전달)\s*:", re.I), gettext_lazy("looks like an answer")),
    (re.compile(r"[!！]\s*[!！]|[?？]\s*[?？]|[!！].*[!！]"), gettext_lazy("shouts")),
    (re.compile(r"[$₩€£]\s*\d|\d\s*(?:원|달러)\b|[$₩€£]{2}"), gettext_lazy("names a price")),
    (
        re.compile(
            r"\b(?:free|winner|prize|urgent|act now|click here|guaranteed?|cash|limited time"
            r"|no risk|buy now|earn money|risk[- ]free)\b|무료|공짜|당첨|긴급|대박|특가|할인"
            r"|클릭|100\s*%\s*보장|마감\s*임박",
            re.I,
        ),
        gettext_lazy("has a word that advertisers use"),
    ),
    (re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]"), gettext_lazy("has a picture sign")),
    (re.compile(r"https?://|\bwww\.", re.I), gettext_lazy("has an address in it")),
    (re.compile(r"(?:\b\w\b[ .*_-]){4,}"), gettext_lazy("has its letters apart")),
]
LETTERS = re.compile(r"[^\W\d_]")
ENOUGH_LETTERS, TOO_LOUD = 12, 0.7  # capitals among them


def inbox(material: Material) -> Iterator[Finding]:
    """Warns: what is meant well may look like this, and a filter does not ask."""
    for language, mail in material.mails.items():
        for place, text in (
            (_("subject"), mail.subject),
            (_("preheader"), mail.preheader),
        ):
            for why in complaints(text):
                words = {"place": place, "language": language_name(language), "why": why}
                said = _("In %(language)s the %(place)s %(why)s.") % words
                yield Finding(Level.WARNING, said)
        if says_the_same(mail.subject, mail.preheader):
            words = {"language": language_name(language)}
            said = _("In %(language)s the preheader only repeats the subject.") % words
            yield Finding(Level.WARNING, said)


def complaints(text: str) -> Iterator[str]:
    for pattern, why in PATTERNS:
        if pattern.search(text):
            yield str(why)
    letters = LETTERS.findall(text)
    if len(letters) >= ENOUGH_LETTERS and capitals(letters) / len(letters) > TOO_LOUD:
        yield _("is all in capitals")


def capitals(letters: list[str]) -> int:
    return sum(letter.isupper() for letter in letters)
