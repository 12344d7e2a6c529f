"""Summaries at the desk: rewriting one changes the editions that print it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import F
from django.utils.translation import gettext as _

from newsletter.curate import OPEN
from newsletter.models import Edition
from papers.admin.summaries import SummaryAdmin
from papers.models import Summary

admin.site.unregister(Summary)


@admin.register(Summary)
class DeskSummaryAdmin(SummaryAdmin):
    def has_change_permission(self, request, obj=None):
        """What is approved stands as it is, and so do its summaries until it has left."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not on_its_way(obj).exists())

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        summary = self.get_object(request, object_id) if object_id else None
        edition = summary and on_its_way(summary).first()
        if edition and super().has_change_permission(request):
            said = _(
                "This summary stands in an edition that is approved or on its way (%(edition)s)."
            )
            self.message_user(request, said % {"edition": edition}, messages.WARNING)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        make_new_versions(obj)

    def take_back(self, request, revision):
        super().take_back(request, revision)
        make_new_versions(revision.summary)


def on_its_way(summary: Summary):
    states = (Edition.State.APPROVED, *Edition.LEAVING)
    return Edition.objects.filter(
        state__in=states, entries__paper=summary.paper_id, entries__hidden=False
    )


def make_new_versions(summary: Summary) -> None:
    """Whoever has a draft with it open is told, before they approve what they have not seen."""
    drafts = Edition.objects.filter(state__in=OPEN, entries__paper=summary.paper_id)
    Edition.objects.filter(pk__in=drafts.values("pk")).update(version=F("version") + 1)
