"""Summaries at the desk: rewriting one changes the editions that print it."""

from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext as _

from newsletter.admin.approved import AsksFirst, approved_editions
from newsletter.curate import OPEN
from newsletter.models import Edition
from papers.admin.summaries import SummaryAdmin
from papers.models import Summary
from papers.revise import Needed

admin.site.unregister(Summary)


@admin.register(Summary)
class DeskSummaryAdmin(AsksFirst, SummaryAdmin):
    def paper_of(self, request, obj):
        """Of a summary that is just being added, the one that was asked for or chosen."""
        if obj and obj.paper_id:
            return obj.paper_id
        asked = request.POST.get("paper") or request.GET.get("paper", "")
        return int(asked) if asked.isdecimal() and len(asked) < 19 else None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        make_new_versions(obj)

    def take_back(self, request, revision):
        if approved := approved_editions(revision.summary.paper_id):
            said = _("An approved edition prints this (%(edition)s). Take its approval back first.")
            raise Needed(said % {"edition": approved[0]})
        super().take_back(request, revision)
        make_new_versions(revision.summary)


def make_new_versions(summary: Summary) -> None:
    """Whoever has a draft with it open is told, before they approve what they have not seen."""
    drafts = Edition.objects.filter(state__in=OPEN, entries__paper=summary.paper_id)
    Edition.objects.filter(pk__in=drafts.values("pk")).update(version=F("version") + 1)
