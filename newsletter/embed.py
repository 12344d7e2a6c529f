"""A form for pages of others: plain HTML, without script, frame or cookie.

A page that never changes cannot tell when it was shown, so the form carries what it can: the words
that stand on it, signed, to be kept as they were read.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from newsletter.consent import Origin, read_on_form
from newsletter.links import absolute
from newsletter.models import Consent, Newsletter

SIGNER = "paperboy.embed"


@dataclass(frozen=True)
class Embedded:
    """What a form on another site is: whose, and what its readers read."""

    slug: str
    language: str
    wording: str

    def origin(self, network: str) -> Origin:
        return Origin(Consent.Source.EMBEDDED, self.wording, self.language, network)


def snippet(newsletter: Newsletter, language: str) -> str:
    """The HTML to copy; the same each time, until a word on it changes. It works for as long as
    its key is kept."""
    with override(language):
        read = read_on_form(newsletter)
        shown = [newsletter.slug, read["language"], read["wording"]]
        context = {
            "newsletter": newsletter,
            "action": absolute(reverse("subscribe")),
            "shown": signing.Signer(salt=SIGNER).sign_object(shown, compress=True),
        }
        return render_to_string("newsletter/embed.html", context)


def embedded(shown: str) -> Embedded | None:
    """None where it is not of our making: what its readers read is then unknown."""
    try:
        return Embedded(*signing.Signer(salt=SIGNER).unsign_object(shown))
    except signing.BadSignature:
        return None
