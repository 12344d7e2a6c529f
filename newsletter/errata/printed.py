"""What an edition said, as its readers have it: rows of summaries may have been written anew."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext, override

from newsletter.models import Edition
from papers.models import Paper, Revision, Summary


def left_at(edition: Edition) -> datetime:
    """When its words were fixed."""
    moment = edition.approved_at or edition.audience_frozen_at
    if moment is None:
        raise ValueError(f"{edition} has not left")
    return moment


def says_withdrawn(edition: Edition, paper: Paper) -> bool:
    """Whether the edition itself told readers that the paper had been withdrawn."""
    if paper.withdrawn_at is None or paper.withdrawn_at > left_at(edition):
        return False
    return any(has(frozen_text(edition, each), notice_in(each)) for each in edition.languages)


def notice_in(language: str) -> str:
    with override(language):
        return gettext("The authors have withdrawn this paper.")


def summaries_of(edition: Edition, paper: Paper) -> dict[str, Summary]:
    """By language in the edition's order, as printed, unsaved: where somebody rewrote one later,
    what stood before."""
    found = {each.language: each for each in paper.summaries.select_related("paper")}
    moment, languages = left_at(edition), edition.languages
    return {code: as_printed(found[code], moment) for code in languages if code in found}


def as_printed(summary: Summary, moment: datetime) -> Summary:
    later = Revision.objects.filter(summary=summary, at__gt=moment, before__isnull=False)
    earliest = later.order_by("pk").values_list("before", flat=True).first() or {}
    for name, value in earliest.items():
        setattr(summary, name, value)
    return summary


def frozen_text(edition: Edition, language: str) -> str:
    """Blank where nothing is frozen, as of an edition that was imported."""
    row = edition.renditions.whole().filter(language=language).first()
    return row.frozen_text if row else ""


def has(text: str, words: str) -> bool:
    """Whether a text holds these words, however its lines are broken: in Japanese, anywhere."""
    return "".join(words.split()) in "".join(text.split())


def has_figure(text: str, figure: str) -> bool:
    """Whether a text holds a figure, and not only as a piece of a longer one."""
    whole = rf"(?<!\d)(?<!\d[.,]){re.escape(figure)}(?![\d%]|[.,]\d)"
    return re.search(whole, text) is not None
