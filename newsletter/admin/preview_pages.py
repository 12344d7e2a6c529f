"""The preview's addresses on the desk, for whoever may look at an edition."""

from collections.abc import Callable

from django.shortcuts import redirect, render
from django.urls import path, reverse
from unfold.admin import ModelAdmin

from newsletter.admin import preview
from newsletter.models import Edition
from newsletter.weight import weight_of

FOLDER = "admin/newsletter/edition"


class PreviewPages(ModelAdmin):
    """For the admin of editions, whose `found` says who may look."""

    found: Callable[..., Edition]

    def get_urls(self):
        view = self.admin_site.admin_view
        at = "<int:object_id>/preview/"
        pages = [
            (at, self.preview_asked_for, "newsletter_edition_previewed"),
            (f"{at}<str:language>/", self.preview_html, "newsletter_edition_preview"),
            (f"{at}<str:language>/text/", self.preview_text, "newsletter_edition_preview_text"),
            (f"{at}<str:language>/inbox/", self.preview_inbox, "newsletter_edition_preview_inbox"),
            (
                f"{at}<str:language>/weight/",
                self.preview_weight,
                "newsletter_edition_preview_weight",
            ),
        ]
        paths = [path(where, view(page), name=name) for where, page, name in pages]
        return [*paths, *super().get_urls()]

    def preview_asked_for(self, request, object_id):
        """Where the preview's form leads: to the page of the language and the part chosen."""
        edition = self.found(request, object_id)
        asked = request.GET.copy()
        language = (asked.pop("language", None) or edition.languages[:1])[-1]
        part = "_text" if asked.pop("part", [""])[-1] == "text" else ""
        page = reverse(f"admin:newsletter_edition_preview{part}", args=[object_id, language])
        return redirect(f"{page}?{asked.urlencode()}")

    def preview_html(self, request, object_id, language):
        edition = self.found(request, object_id, language)
        return preview.html_page(edition, language, request.GET)

    def preview_text(self, request, object_id, language):
        return preview.text_page(self.found(request, object_id, language), language)

    def preview_inbox(self, request, object_id, language):
        """The line in inboxes with what is typed just now, or with what is saved."""
        edition = self.found(request, object_id, language)
        shown, asked = preview.Preview(edition, language), request.GET
        envelope = (
            shown.typed(asked["subject"], asked.get("preheader", ""))
            if "subject" in asked
            else shown.envelope
        )
        return render(request, f"{FOLDER}/_inbox.html", {"envelope": envelope})

    def preview_weight(self, request, object_id, language):
        edition = self.found(request, object_id, language)
        weight = weight_of(preview.example(edition, language))
        return render(request, f"{FOLDER}/_weight.html", {"weight": weight})
