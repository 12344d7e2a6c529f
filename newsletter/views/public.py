"""What anyone may read: the front page, editions, papers. Nothing here sets a cookie."""

import sys
from datetime import date

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from newsletter.correction import printed_corrections
from newsletter.forms import SubscribeForm
from newsletter.models import Edition, Entry, Newsletter
from newsletter.models.editions import EditionQuerySet
from newsletter.redirects import as_mended
from newsletter.render import PrintedEntry, printed_entries, printed_entry
from newsletter.render.clean import clean
from newsletter.render.edition import made_by
from newsletter.render.evidence import evidence_of
from newsletter.render.provenance import drafted_by, reading_of, verdict_on
from newsletter.storable import is_storable
from papers.models import Pull

PAST_EDITIONS = 6  # on the front page
EDITIONS_A_PAGE = 60


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The promise, the form, the newest edition and a few of those before it."""
    newsletter = daily_papers()
    newest, *past = [*published(newsletter).with_headlines()[: PAST_EDITIONS + 1]] or [None]
    context = {
        "form": SubscribeForm(newsletter),
        "edition": newest,
        "entries": entries_of(newest, newsletter.page_language) if newest else [],
        "past": past,
    }
    if skipped := skipped_since(newest):
        context |= {"skipped": skipped, "nothing_new": found_nothing(skipped)}
    return render(request, "newsletter/front.html", context)


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition that went out, newest first."""
    pages = Paginator(published(daily_papers()).with_headlines(), EDITIONS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "newsletter/editions.html", {"page": page})


@require_safe
def edition(request: HttpRequest, day: date, slug: str = Newsletter.DEFAULT_SLUG) -> HttpResponse:
    """One edition: its papers in the order that was printed, their texts as they stand now.

    A summary, a title or a link that is corrected after the mail has left is corrected here, and
    so it says what a correction by mail said. On a date without an edition, why there is none.
    """
    newsletter = get_object_or_404(Newsletter, slug=slug)
    if skipped := newsletter.editions.filter(date=day, state=Edition.State.SKIPPED).first():
        context: dict[str, object] = {"edition": skipped, "nothing_new": found_nothing(skipped)}
        return render(request, "newsletter/no_edition.html", context | neighbours(skipped))
    shown = get_object_or_404(published(newsletter), date=day)
    language = newsletter.page_language
    entries = entries_of(shown, language)
    context = {
        "edition": shown,
        "language": language,
        "rendition": shown.renditions.whole().filter(language=language).first(),
        "entries": entries,
        "corrections": printed_corrections(shown, language),
        "made_by": made_by(shown, entries),
    }
    return render(request, "newsletter/edition.html", context | neighbours(shown))


@require_safe
def paper(request: HttpRequest, canonical_id: str) -> HttpResponse:
    """A paper with all its authors, where the newest edition that went out printed it; a roundup
    only where no other did. What is said of it, and what that rests on, as it stands now."""
    entry = newest_entry(canonical_id)
    language = entry.edition.newsletter.page_language
    summary = entry.paper.summaries.filter(language=language).first()
    entries = list(entry.edition.printed_entries())
    index = entries.index(entry)
    printed = printed_entry(entry, summary, index + 1, language, author_limit=sys.maxsize)
    context = {
        "edition": entry.edition,
        "paper": entry.paper,
        "abstract": clean(entry.paper.abstract),
        "summary": summary,
        "drafted_by": summary and drafted_by(summary),
        "reading": summary and reading_of(summary),
        "verdict": summary and verdict_on(summary),
        "evidence": summary and evidence_of(summary, language),
        "entry": as_mended([printed], entry.edition)[0],
        "before": entries[index - 1] if index else None,
        "after": entries[index + 1] if entries[index + 1 :] else None,
    }
    return render(request, "newsletter/paper.html", context)


def entries_of(edition: Edition, language: str) -> list[PrintedEntry]:
    return as_mended(printed_entries(edition, language), edition)


def daily_papers() -> Newsletter:
    return Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)


def published(newsletter: Newsletter) -> EditionQuerySet:
    return Edition.objects.published().filter(newsletter=newsletter).select_related("newsletter")


def neighbours(edition: Edition) -> dict[str, object]:
    out = published(edition.newsletter)
    return {
        "before": out.filter(date__lt=edition.date).order_by("-date").first(),
        "after": out.filter(date__gt=edition.date).order_by("date").first(),
    }


def skipped_since(newest: Edition | None) -> Edition | None:
    """The newest date after an edition that was to have one, and has none."""
    if newest is None:
        return None
    later = newest.newsletter.editions.filter(date__gt=newest.date, state=Edition.State.SKIPPED)
    return later.first()


def found_nothing(edition: Edition) -> bool:
    """Whether the source was asked for the date of an edition, and listed no paper on it."""
    pull = Pull.objects.filter(source=edition.newsletter.source, date=edition.date).first()
    return bool(pull and pull.succeeded_at and not pull.entry_count)


def newest_entry(canonical_id: str) -> Entry:
    if not is_storable(canonical_id):
        raise Http404
    entry = (
        Entry.objects.filter(
            paper__canonical_id=canonical_id,
            hidden=False,
            edition__in=Edition.objects.published(),
        )
        .select_related("paper", "edition__newsletter")
        .order_by(F("edition__newsletter__roundup_of").asc(nulls_first=True), "-edition__date")
        .first()
    )
    if entry is None:
        raise Http404
    return entry
