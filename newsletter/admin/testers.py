"""Testers: who gets proof copies of which newsletter."""

from django.conf import settings
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from newsletter.models import Tester


@admin.register(Tester)
class TesterAdmin(ModelAdmin):
    list_display = ["email", "newsletter", "copies", "last_proof"]
    list_display_links = ["email"]
    list_filter = ["newsletter"]
    list_select_related = ["newsletter"]
    search_fields = ["email"]
    fields = ["newsletter", "email", "language"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "language":
            choices = [("", _("each language")), *settings.LANGUAGES]
            kwargs["widget"] = UnfoldAdminSelectWidget(choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("copies"), ordering="language")
    def copies(self, tester):
        return dict(settings.LANGUAGES).get(tester.language) or _("each language")

    @admin.display(description=gettext_lazy("last proof"), ordering="proofed_at")
    def last_proof(self, tester):
        if tester.proofed_at is None:
            return "–"
        when = f"{tester.proofed_at:%Y-%m-%d %H:%M} UTC"
        return format_html('{}<span class="below wrong">{}</span>', when, tester.proof_answer)
