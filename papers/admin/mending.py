"""The one-click ways out of a flagged summary, and the way back: POST only, each acts only on the
words that the editor saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from papers.mend import put_figure, use_excerpt
from papers.models import Revision, Summary
from papers.revise import Needed, Overtaken, undo
from papers.summarise.writer import CannotWrite


class MendsSummaries(ModelAdmin):
    """For the admin of summaries."""

    def get_urls(self):
        view, at = self.admin_site.admin_view, "<int:summary_id>"
        undo_at = f"{at}/revisions/<int:revision_id>/undo/"
        return [
            path(f"{at}/put/", view(self.put_view), name="papers_summary_put"),
            path(f"{at}/excerpt/", view(self.excerpt_view), name="papers_summary_excerpt"),
            path(undo_at, view(self.undo_view), name="papers_summary_undo"),
            *super().get_urls(),
        ]

    def put_view(self, request, summary_id):
        """What is proposed in place of one figure, named by its part and where it begins."""
        posted = request.POST
        start = whole_number(posted.get("start", ""))
        place = (posted.get("part", ""), -1 if start is None else start)
        summary = get_object_or_404(Summary.objects.select_related("paper"), pk=summary_id)
        act = partial(put_figure, summary, place, request.user, seen_at(request))
        return self.mended(request, summary, act, _("Put in place. It is yours now."))

    def excerpt_view(self, request, summary_id):
        """The authors' own sentences in place of all of it."""
        summary = get_object_or_404(Summary.objects.select_related("paper"), pk=summary_id)
        act = partial(use_excerpt, summary, request.user, seen_at(request))
        said = _("The authors’ own sentences stand there now, labelled as an excerpt.")
        return self.mended(request, summary, act, said)

    def undo_view(self, request, summary_id, revision_id):
        """Take a revision back."""
        revisions = Revision.objects.select_related("summary__paper")
        revision = get_object_or_404(revisions, pk=revision_id, summary=summary_id)
        act = partial(undo, revision, request.user)
        return self.mended(request, revision.summary, act, _("Taken back."))

    def mended(self, request, summary: Summary, act: Callable[[], object], said: str):
        """The page that the editor came from, which says that it was done, or why not."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request, summary):
            raise PermissionDenied
        try:
            with transaction.atomic():
                self.mend(summary, act)
        except Overtaken:
            self.message_user(request, overtaken_words(), messages.ERROR)
        except Needed as needed:
            self.message_user(request, str(needed), messages.ERROR)
        except CannotWrite:
            said = _("The paper has no abstract to take sentences from.")
            self.message_user(request, said, messages.ERROR)
        else:
            self.message_user(request, said, messages.SUCCESS)
        return redirect(
            way_back(request) or reverse("admin:papers_summary_change", args=[summary.pk])
        )

    def mend(self, summary: Summary, act: Callable[[], object]) -> None:
        """Raises Needed, with a sentence for the editor, Overtaken or CannotWrite."""
        act()


def whole_number(text):
    """A row's key, or a place; None where it is none, or none that a BIGINT holds."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def seen_at(request) -> datetime | None:
    """When the words were written that the editor saw; None where the page does not say."""
    try:
        return datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        return None


def overtaken_words():
    return _("Someone else has rewritten this summary meanwhile. Please look again.")


def way_back(request):
    """Where the editor came from, if it is a page of this site."""
    wanted = request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else ""
