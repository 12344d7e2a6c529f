"""Summaries at the desk: rewriting one changes the editions that print it."""

from django.contrib import admin
from django.utils.translation import gettext as _

from newsletter.admin.approved import AsksFirst, approved_editions, make_new_versions
from papers.admin.summaries import SummaryAdmin, key_in
from papers.models import Summary
from papers.revise import Needed

admin.site.unregister(Summary)


@admin.register(Summary)
class DeskSummaryAdmin(AsksFirst, SummaryAdmin):
    def paper_of(self, request, obj):
        """Of a summary that is just being added, the one that was asked for or chosen."""
        if obj and obj.paper_id:
            return obj.paper_id
        return key_in(request.POST.get("paper") or request.GET.get("paper", ""))

    def take_back(self, request, revision):
        if approved := approved_editions(revision.summary.paper_id):
            said = _("An approved edition prints this (%(edition)s). Take its approval back first.")
            raise Needed(said % {"edition": approved[0]})
        super().take_back(request, revision)
        make_new_versions(revision.summary.paper_id)
