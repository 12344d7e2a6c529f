"""The way out of the list of subscriptions: those that it shows, as a file."""

from __future__ import annotations

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from newsletter import audit
from newsletter.audit import Act
from newsletter.export import export


class ExportAdmin(ModelAdmin):
    """For the admin of subscriptions. It asks for a permission of its own: whoever looks one reader
    up need not be able to carry all of them away."""

    change_list_template = "admin/newsletter/subscription/change_list.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="newsletter_subscription_export"), *super().get_urls()]

    def has_export_permission(self, request):
        return request.user.has_perm("newsletter.export_subscription")

    def changelist_view(self, request, extra_context=None):
        may = {
            "may_export": self.has_export_permission(request),
            "may_import": request.user.has_perm("newsletter.add_import"),
        }
        return super().changelist_view(request, (extra_context or {}) | may)

    def export_view(self, request):
        """Asked first, since it is noted who took whom out; the filters are the list's own."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters as wrong:
            raise Http404 from wrong
        if request.method == "POST":
            return self.download(request, listed.queryset)
        context = self.admin_site.each_context(request) | {
            "title": _("Export readers"),
            "opts": self.opts,
            "filters": in_words(listed),
            "search": listed.query,
            "back": listed.get_query_string(),
        }
        return TemplateResponse(request, "admin/newsletter/subscription/export.html", context)

    def download(self, request, readers):
        self.note(request)
        parts = export(readers, consents="consents" in request.POST)
        answer = StreamingHttpResponse(
            ("\ufeff" * (not part.reader_count) + part.text for part in parts),
            content_type="text/csv; charset=utf-8",
        )
        name = f"readers-{timezone.localdate()}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def note(self, request):
        """Who, when, and which part of the list; what was searched for may be an address."""
        chosen = {name: "…" if name == SEARCH_VAR else value for name, value in request.GET.items()}
        audit.record(request, Act.EXPORTED, message=str(chosen or ""))


def in_words(listed):
    """The list's filters that are chosen, each with its choice; the first of each is “all”."""
    return [
        (each.title, choice["display"])
        for each in listed.filter_specs
        for choice in list(each.choices(listed))[1:]
        if choice.get("selected")
    ]
