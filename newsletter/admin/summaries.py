"""Summaries at the desk: rewriting one changes the editions that print it."""

from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from newsletter import again, audit, clock, tasks
from newsletter.admin.approved import AsksFirst
from newsletter.links import desk_path
from newsletter.models import Edition
from newsletter.printing import approved_editions, make_new_versions
from papers.admin.mending import way_back, whole_number
from papers.admin.summaries import SummaryAdmin
from papers.models import Summary
from papers.revise import Needed
from papers.summarise import BY_MACHINE

admin.site.unregister(Summary)


@admin.register(Summary)
class DeskSummaryAdmin(AsksFirst, SummaryAdmin):
    def get_urls(self):
        return [
            path(
                "<int:summary_id>/again/",
                self.admin_site.admin_view(self.again_view),
                name="papers_summary_again",
            ),
            *super().get_urls(),
        ]

    def paper_of(self, request, obj):
        """Of a summary that is just being added, the one that was asked for or chosen."""
        if obj and obj.paper_id:
            return obj.paper_id
        return whole_number(request.POST.get("paper") or request.GET.get("paper", ""))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """With what a model may be asked for, and the drafts that it stops."""
        known = whole_number(object_id or "")
        context = {
            "has_models": bool(settings.LLM_MODELS),
            "is_asked": known and again.is_asked(known, clock.now()),
            "drafts": partial(drafts_with, known),  # looked up where it stops them
        }
        return super().changeform_view(
            request, object_id, form_url, context | (extra_context or {})
        )

    def again_view(self, request, summary_id):
        """Have a model write it anew (POST); whether that is done (GET): nothing while it is not,
        then a sentence."""
        summary = get_object_or_404(Summary.objects.select_related("paper"), pk=summary_id)
        if request.method == "POST":
            return self.ask_again(request, summary)
        if not self.has_view_or_change_permission(request, summary):
            raise PermissionDenied
        if again.is_asked(summary.pk, clock.now()):
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        is_new = summary.written_at.isoformat() != request.GET.get("seen", "")
        context = {"is_new": is_new, "lock": why_locked(summary)}
        return TemplateResponse(request, "admin/papers/summary/_asked.html", context)

    def ask_again(self, request, summary):
        if not self.has_change_permission(request, summary):
            raise PermissionDenied
        said = why_not(summary)
        if not said and not again.ask(summary.pk, clock.now()):
            said = _("A model is at it already.")
        if said:
            self.message_user(request, said, messages.ERROR)
        else:
            tasks.wake(tasks.write_again, summary.pk)
            audit.record(request, "again", summary, message="Ask the model again")
            self.message_user(request, _("A model is asked. What you write meanwhile stays."))
        page = reverse("admin:papers_summary_change", args=[summary.pk])
        return redirect(way_back(request) or page)

    def mend(self, summary, act):
        """An approved edition stays as it was approved; whoever has a draft open is told."""
        if said := why_locked(summary):
            raise Needed(said)
        super().mend(summary, act)
        make_new_versions(summary.paper_id)


def why_not(summary):
    """In a sentence, why no model may be asked for it; nothing where one may."""
    if not settings.LLM_MODELS:
        return _("No language model is set up.")
    if summary.writer not in BY_MACHINE:
        return _("A person wrote this, so no model writes over it.")
    return why_locked(summary)


def why_locked(summary):
    """In a sentence, why its words have to stay; nothing where they may change."""
    approved = approved_editions(summary.paper_id)
    if not approved:
        return ""
    said = _("An approved edition prints this (%(edition)s). Take its approval back first.")
    return said % {"edition": approved[0]}


def drafts_with(summary_id):
    """The drafts whose pre-flight looks at it, each as its name and its page."""
    drafts = Edition.objects.filter(
        state=Edition.State.DRAFT, entries__paper__summaries=summary_id, entries__hidden=False
    )
    return [(str(each), desk_path(each.pk)) for each in drafts.select_related("newsletter")]
