"""What comes next: the unfinished editions of each newsletter, and which of their papers need a
look. A few queries, however many newsletters there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q

from newsletter.models import Edition, Entry, Newsletter
from papers.models import Summary

MOST_EDITIONS = 100  # in all; drafts that were built by hand may lie there for ever


@dataclass(frozen=True)
class Wanting:
    """A printed paper that needs a look, and why."""

    title: str
    languages: tuple[str, ...]  # in which it has no summary, or a blank one
    is_withdrawn: bool


def editions_ahead(newsletters: Collection[Newsletter]) -> dict[int, list[Edition]]:
    """By the newsletter's key, in the order in which they leave; those without a time last, among
    them the drafts of corrections."""
    publications = {newsletter.pk: newsletter for newsletter in newsletters}
    by_time = (F("not_before").asc(nulls_last=True), "-date")
    rows = Edition.objects.unfinished().filter(newsletter__in=publications).order_by(*by_time)
    ahead: dict[int, list[Edition]] = defaultdict(list)
    for edition in rows[:MOST_EDITIONS]:
        edition.newsletter = publications[edition.newsletter_id]
        ahead[edition.newsletter_id].append(edition)
    return dict(ahead)


def wanting(editions: Collection[Edition]) -> dict[int, list[Wanting]]:
    """By the edition's key, in the order of its papers; only those that want something."""
    languages = {edition.pk: edition.newsletter.languages for edition in editions}
    entries = Entry.objects.filter(edition__in=languages, hidden=False).order_by("position", "pk")
    rows = list(entries.values_list("edition", "paper", "paper__title", "paper__withdrawn_at"))
    written = languages_written({paper for _, paper, _, _ in rows})
    found: dict[int, list[Wanting]] = defaultdict(list)
    for edition, paper, title, withdrawn_at in rows:
        missing = tuple(code for code in languages[edition] if code not in written[paper])
        if missing or withdrawn_at:
            found[edition].append(Wanting(title, missing, withdrawn_at is not None))
    return dict(found)


def languages_written(papers: Collection[int]) -> dict[int, set[str]]:
    """In which a paper has a summary with words in it."""
    blank = Q(lead="", whats_new="", technical_details="", performance_highlights="", further=[])
    summaries = Summary.objects.filter(paper__in=papers).exclude(blank)
    written: dict[int, set[str]] = defaultdict(set)
    for paper, language in summaries.values_list("paper", "language"):
        written[paper].add(language)
    return written
