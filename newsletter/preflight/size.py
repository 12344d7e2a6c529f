"""Mails that a mail program would cut."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name
from newsletter.rendered import Rendered
from newsletter.transfer import encoded

NAME = "size"
CLIPPED = 102 * 1000  # octets, near which Gmail cuts; testers disagree whether read or encoded


def size(material: Material) -> Iterator[Finding]:
    """Stops at what Gmail would clip, unsubscribe link and all; warns where papers are only listed,
    so that it is not."""
    for language, mail in material.mails.items():
        octets = largest(mail)
        if octets > CLIPPED:
            words = {"language": language_name(language), "size": octets // 1000}
            said = _("Gmail clips the mail in %(language)s: it has %(size)s KB.") % words
            yield Finding(NAME, Level.STOP, said, material.content(language))
        elif listed := len(material.entries) - material.pages[language].whole_count:
            yield Finding(NAME, Level.WARNING, only_listed(language, listed), "")


def largest(mail: Rendered) -> int:
    """Of its bodies, as they are read and as they travel."""
    bodies = (mail.html, mail.text)
    return max(max(len(body.encode()), len(encoded(body).body)) for body in bodies)


def only_listed(language: str, count: int) -> str:
    return ngettext(
        "The mail in %(language)s has no room for %(count)s paper, which is only listed.",
        "The mail in %(language)s has no room for %(count)s papers, which are only listed.",
        count,
    ) % {"language": language_name(language), "count": count}
