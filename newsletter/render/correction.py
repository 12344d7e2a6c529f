"""A correction in one language: the editor's words, and the way to the edition that they mend."""

from __future__ import annotations

from newsletter.links import edition_url, editions_url
from newsletter.models import Edition, Rendition
from newsletter.render.clean import clean, one_line
from newsletter.render.mail import render_mail
from newsletter.rendered import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, Rendered


def render_correction(correction: Edition, language: str) -> Rendered:
    """Its mail, with slots where readers differ. Saves nothing; the same rows give the same
    bytes."""
    rendition = correction.renditions.whole().filter(language=language).first() or Rendition()
    context = {
        "newsletter": correction.newsletter,
        "date": correction.date,
        "own_subject": one_line(rendition.subject),
        "preheader": one_line(rendition.preheader),
        "words": clean(rendition.intro),
        "edition_url": edition_url(correction.corrects or correction, language),
        "editions_url": editions_url(language),
        "unsubscribe_url": UNSUBSCRIBE_URL_SLOT,
        "choices_url": f"{UNSUBSCRIBE_URL_SLOT}choices/",
        "address": ADDRESS_SLOT,
    }
    return render_mail("correction", context, language)
