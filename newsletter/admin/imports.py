"""Readers from a file: it is looked at, somebody says yes, and it is taken in."""

from __future__ import annotations

from itertools import chain, islice

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from newsletter import audit, imports, tasks
from newsletter.intake import KINDS, BadFile, as_csv
from newsletter.models import Import, Newsletter

MOST_OCTETS = 500 * 1024 * 1024
MOST_SHOWN = 20  # rejected rows on the page
WORDS = {
    "added": gettext_lazy("new readers"),
    "already": gettext_lazy("are there already"),
    "left": gettext_lazy("have left"),
    "suppressed": gettext_lazy("suppressed"),
    "rejected": gettext_lazy("rejected"),
}


class ImportForm(forms.ModelForm):
    newsletter = forms.ModelChoiceField(
        Newsletter.objects.taking_readers(),
        label=gettext_lazy("newsletter"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "CSV with a heading. One column is called email; others, such as language, state and "
            "confirmed_at, are read where they are there."
        ),
    )

    class Meta:
        model = Import
        fields = ["newsletter", "file", "wording", "is_confirmed"]
        widgets = {"wording": UnfoldAdminTextareaWidget({"rows": 3})}

    def clean_file(self):
        if self.cleaned_data["file"].size > MOST_OCTETS:
            most = {"most": MOST_OCTETS // 1024**2}
            raise forms.ValidationError(_("The file is longer than %(most)s MB.") % most)
        return self.cleaned_data["file"]


@admin.register(Import)
class ImportAdmin(ModelAdmin):
    list_display = ["file_and_when", "newsletter", "state_in_words", "created_by"]
    list_select_related = ["newsletter", "created_by"]
    list_filter = ["state"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_urls(self):
        view = self.admin_site.admin_view
        at = "<int:object_id>"
        return [
            path(f"{at}/do/<slug:name>/", view(self.do), name="newsletter_import_do"),
            path(f"{at}/rejected.csv", view(self.rejected), name="newsletter_import_rejected"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request, obj=None):
        """Whoever may bring a file sees what becomes of it."""
        return super().has_view_permission(request, obj) or self.has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # The list

    @admin.display(description=gettext_lazy("file"))
    def file_and_when(self, found):
        when = date_format(found.created_at, "Y-m-d H:i")
        return format_html(
            '<span class="title">{}</span><span class="below">{} UTC</span>', found.file_name, when
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_in_words(self, found):
        return format_html(
            '<span class="state">{}</span><span class="below">{}</span>',
            found.get_state_display(),
            " · ".join(f"{words} {count:,}" for words, count in counted(found)),
        )

    # Bring a file

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None, label_suffix="")
        if request.method == "POST" and form.is_valid() and (brought := self.bring(request, form)):
            return redirect(page_url(brought))
        return self.page(request, "add", title=_("Readers from a file"), form=form)

    def bring(self, request, form):
        """None, with an error on the form, where the file cannot be read."""
        brought, file = form.instance, form.cleaned_data["file"]
        brought.file_name, brought.created_by = file.name[-200:], request.user
        brought.language = get_language()
        try:
            imports.bring(file.file, brought)
        except BadFile as wrong:
            form.add_error("file", str(wrong))
            return None
        self.log_addition(request, brought, [{"added": {}}])
        tasks.wake(tasks.take_import, brought.pk)
        return brought

    # Look, decide

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST":  # nothing of it can be changed
            return HttpResponseNotAllowed(["GET"])
        found = self.found(request, object_id)
        shown = list(islice(imports.rejected(found), MOST_SHOWN))
        return self.page(
            request,
            "page",
            title=found.file_name,
            original=found,
            is_at_work=found.state in Import.WORKING,
            may_approve=self.may_do(request, "approve"),
            may_cancel=self.may_do(request, "cancel"),
            percent=100 * found.position // found.piece_count if found.piece_count else 100,
            counted=counted(found),
            reasons=shown,
            reasons_left_out=max(found.expected.get("rejected", 0) - len(shown), 0),
        )

    def do(self, request, object_id, name):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = self.found(request, object_id)
        if not self.may_do(request, name):
            raise PermissionDenied
        if name == "approve" and imports.approve(found, request.user):
            tasks.wake(tasks.take_import, found.pk)
            audit.record(request, "approve", found, message="Take them in")
        elif name == "cancel" and imports.cancel(found):
            audit.record(request, "cancel", found, message="Do not take them in")
        else:
            self.message_user(request, _("Someone else was faster."), messages.WARNING)
        return redirect(page_url(found))

    def may_do(self, request, name):
        """Whoever may bring readers may also leave it; taking them in has a permission of its
        own."""
        may_approve = request.user.has_perm("newsletter.approve_import")
        return may_approve or (name != "approve" and self.has_add_permission(request))

    def rejected(self, request, object_id):
        """Every rejected row, by its number, and why."""
        found = self.found(request, object_id)
        parts = chain(["\ufeff"], as_csv(imports.rejected(found)))
        answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="rejected-{found.pk}.csv"'
        return answer

    def found(self, request, object_id):
        """The import, for someone who may look at it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, str(object_id))
        if not found:
            raise Http404
        return found

    def page(self, request, name, **more):
        context = self.admin_site.each_context(request) | {"opts": self.opts} | more
        return TemplateResponse(request, f"admin/newsletter/import/{name}.html", context)


def counted(found):
    """What became of the rows, or would, in words; nothing until all were looked at."""
    was_looked_at = sum(found.expected.values()) == found.row_count
    counts = found.counts or (found.expected if was_looked_at else {})
    return [(WORDS[kind], counts.get(kind, 0)) for kind in KINDS] if counts else []


def page_url(found):
    return reverse("admin:newsletter_import_change", args=[found.pk])
