"""Mails that a mail program would cut."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name
from newsletter.weight import weight_of


def size(material: Material) -> Iterator[Finding]:
    """Stops at what Gmail would clip, unsubscribe link and all; warns where papers are only listed,
    so that it is not."""
    for language, mail in material.mails.items():
        weight = weight_of(mail)
        if weight.is_clipped:
            words = {"language": language_name(language), "size": weight.octets // 1000}
            said = _("Gmail clips the mail in %(language)s: it has %(size)s KB.") % words
            yield Finding(Level.STOP, said, material.content(language))
        elif listed := len(material.entries) - weight.whole_count:
            yield Finding(Level.WARNING, only_listed(language, listed))


def only_listed(language: str, count: int) -> str:
    return ngettext(
        "The mail in %(language)s has no room for %(count)s paper, which is only listed.",
        "The mail in %(language)s has no room for %(count)s papers, which are only listed.",
        count,
    ) % {"language": language_name(language), "count": count}
