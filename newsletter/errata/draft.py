"""A drafted correction: what was printed, and what is true now, in each of an edition's languages.

Whatever it says of the paper is the paper's own sentence; the rest are the house's words.
"""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsletter.errata.differences import TITLE
from newsletter.models import Edition, Erratum


def drafts(erratum: Erratum) -> dict[str, str]:
    """By language, in the order of the edition's."""
    return {language: draft(erratum, language) for language in erratum.edition.languages}


def draft(erratum: Erratum, language: str) -> str:
    with override(language):
        if erratum.kind == Erratum.Kind.WITHDRAWN:
            return withdrawn(erratum)
        own = [each for each in erratum.differences if each["language"] in ("", language)]
        return "\n\n".join([revised(erratum), *map(said, own)])


def withdrawn(erratum: Erratum) -> str:
    return _(
        "The authors have withdrawn “%(title)s” (arXiv:%(name)s), which we printed on %(day)s. "
        "Please no longer rely on what we wrote about it."
    ) % about(erratum)


def revised(erratum: Erratum) -> str:
    return _(
        "The authors have revised “%(title)s” (arXiv:%(name)s, now version %(version)s), which we "
        "printed on %(day)s."
    ) % about(erratum)


def said(difference: dict[str, object]) -> str:
    """What was printed, if that is known word for word, and what the paper says in its place."""
    words = difference | {"figures": ", ".join(map(str, listed(difference["figures"])))}
    if difference["part"] == TITLE:
        return _("Its title was “%(printed)s”, and is now “%(now)s”.") % words
    then = _("We wrote: “%(printed)s”") % words if difference["printed"] else ""
    if difference["now"]:
        now = _("Its abstract no longer says %(figures)s. It now says: “%(now)s”") % words
    else:
        now = _("Its abstract no longer says %(figures)s, and nothing in its place.") % words
    return "\n".join(filter(None, [then, now]))


def listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def about(erratum: Erratum) -> dict[str, str | int]:
    edition: Edition = erratum.edition
    return {
        "title": erratum.paper.title,
        "name": erratum.paper.canonical_id,
        "version": erratum.version,
        "day": date_format(edition.date, _("j F Y")),
    }
