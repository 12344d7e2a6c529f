"""The history of an edition: who changed what, when, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsletter.admin.seen import seen_version
from newsletter.curate import TEXTS, Curation, curating
from newsletter.models import AuditEntry, Change, Edition, WrongState
from newsletter.render.entries import language_name
from newsletter.undo import stands, undo
from papers.admin.summaries import ChangedPart, changed_parts
from papers.models import Revision
from papers.revise import stands as summary_stands
from papers.word_diff import word_diff

Kind = Change.Kind
MOST = 100  # on a page
WORDED = (Kind.NOTE, Kind.HEADLINE, *TEXTS)


@dataclass(frozen=True)
class Event:
    """A line of the history; `undo_url` is blank where there is nothing to take back."""

    at: datetime
    who: str
    words: str
    mark: Callable[[], list[ChangedPart]] = list
    undo_url: str = ""
    is_undo: bool = False
    reason: str = ""

    @property
    def parts(self) -> list[ChangedPart]:
        """Marked only when it is printed: a long text takes its time."""
        return self.mark()


def page(model_admin, request, edition):
    """The newest; those before a moment where it is asked for."""
    may_undo = model_admin.has_change_permission(request, edition)
    may_rewrite = may_undo and request.user.has_perm("papers.change_summary")
    before = asked_before(request)
    events = [
        *changes_of(edition, before, request.user, may_undo),
        *revisions_of(edition, before, may_rewrite),
        *verbs_of(edition, before),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    older = {"before": events[MOST - 1].at.isoformat()} if len(events) > MOST else {}
    context = model_admin.admin_site.each_context(request) | {
        "title": _("History"),
        "opts": model_admin.opts,
        "original": edition,
        "events": events[:MOST],
        "older": urlencode(older),
        "trail_url": model_admin.trail_url(str(edition.pk)),
    }
    return TemplateResponse(request, "admin/newsletter/edition/history.html", context)


def take_back(model_admin, request, edition, change_id):
    """Take one change back, in the edition as the page showed it."""
    change = edition.changes.filter(pk=change_id).first()
    if change is None:
        raise Http404
    try:
        with curating(edition, request.user, seen_version(request)) as curation:
            undo(curation, change)
    except WrongState as wrong:
        model_admin.message_user(request, str(wrong), messages.ERROR)
    else:
        model_admin.message_user(request, _("Taken back."), messages.SUCCESS)
    return redirect("admin:newsletter_edition_history", edition.pk)


def asked_before(request) -> Q:
    try:
        before = datetime.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        return Q()
    return Q(at__lt=before) if before.tzinfo else Q()


def changes_of(edition: Edition, before: Q, editor, may_undo: bool) -> Iterator[Event]:
    curation = Curation(edition, editor)
    for change in edition.changes.filter(before).select_related("paper")[: MOST + 1]:
        can_be_undone = may_undo and stands(curation, change)
        yield Event(
            at=change.at,
            who=change.by_name,
            words=change_in_words(change),
            mark=partial(marked, change),
            undo_url=reverse("admin:newsletter_edition_undo", args=[edition.pk, change.pk])
            if can_be_undone
            else "",
            is_undo=change.undoes_id is not None,
        )


def marked(change: Change) -> list[ChangedPart]:
    if change.kind not in WORDED:
        return []
    return [ChangedPart("", word_diff(change.before, change.after))]


def revisions_of(edition: Edition, before: Q, may_undo: bool) -> Iterator[Event]:
    """How the summaries of its papers were rewritten since there is the edition."""
    revisions = Revision.objects.filter(
        before, summary__paper__entries__edition=edition, at__gte=edition.created_at
    )
    back = urlencode({"back": reverse("admin:newsletter_edition_history", args=[edition.pk])})
    for revision in revisions.select_related("summary__paper")[: MOST + 1]:
        summary = revision.summary
        names = {
            "title": summary.paper.short_title,
            "language": language_name(summary.language),
        }
        url = reverse("admin:papers_summary_undo", args=[summary.pk, revision.pk])
        yield Event(
            at=revision.at,
            who=revision.by_name,
            words=_("Summary in %(language)s: %(title)s") % names,
            mark=partial(changed_parts, revision.before or {}, revision.after),
            undo_url=f"{url}?{back}" if may_undo and summary_stands(revision) else "",
            is_undo=revision.undoes_id is not None,
        )


def verbs_of(edition: Edition, before: Q) -> Iterator[Event]:
    """Its buttons: composed, approved, held. What a form saved stands among the changes."""
    entries = AuditEntry.objects.about(Edition, str(edition.pk)).filter(before)
    for entry in entries.exclude(act__in=AuditEntry.OF_A_FORM)[: MOST + 1]:
        yield Event(entry.at, entry.editor_name, entry.words, reason=entry.reason)


def change_in_words(change: Change) -> str:
    """What was done, to what; not what its words were."""
    title = change.paper.short_title if change.paper else ""
    if change.kind == Kind.ORDER:
        return order_in_words(change, title)
    if change.kind == Kind.PIN:
        return pin_in_words(change, title)
    if change.kind == Kind.HIDDEN:
        words = _("Taken out: %(title)s") if change.after else _("Put back: %(title)s")
        return words % {"title": title}
    if change.kind == Kind.ADDED:
        words = _("Added: %(title)s") if change.after else _("Removed: %(title)s")
        return words % {"title": title}
    return text_in_words(change, title)


def order_in_words(change: Change, title: str) -> str:
    if change.paper_id not in change.before or change.paper_id not in change.after:
        return _("The order")
    return _("Moved from no. %(before)s to no. %(after)s: %(title)s") % {
        "before": change.before.index(change.paper_id) + 1,
        "after": change.after.index(change.paper_id) + 1,
        "title": title,
    }


def pin_in_words(change: Change, title: str) -> str:
    if change.after["pin"] is None:
        return _("No longer pinned: %(title)s") % {"title": title}
    names = {"number": change.after["pin"], "title": title}
    return _("Pinned to no. %(number)s: %(title)s") % names


def text_in_words(change: Change, title: str) -> str:
    if change.kind == Kind.NOTE:
        return _("Note on %(title)s") % {"title": title}
    names = {"language": language_name(change.language), "title": title}
    if change.kind == Kind.HEADLINE:
        return _("Headline in %(language)s of %(title)s") % names
    return capfirst(f"{change.get_kind_display()} ({names['language']})")


def when(change: Change) -> str:
    """On the newsletter's own clock."""
    zone = ZoneInfo(change.edition.newsletter.time_zone)
    return date_format(change.at.astimezone(zone), "H:i")
