"""A newsletter is a form filled in: what it reads, when it goes out, how, and from whom."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from newsletter.embed import snippet
from newsletter.models import Newsletter
from papers.sources import SOURCES

ISO_WEEKDAYS = [(number + 1, name) for number, name in WEEKDAYS.items()]


class NewsletterForm(forms.ModelForm):
    """Weekdays and languages as check boxes; the tables keep them as lists."""

    source = forms.ChoiceField(
        label=_("source"),
        choices=[(name, name) for name in SOURCES],
        widget=UnfoldAdminSelectWidget,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("weekdays"),
        choices=ISO_WEEKDAYS,
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("of the list it is made from"),
    )
    languages = forms.MultipleChoiceField(
        label=_("languages"),
        choices=lambda: settings.LANGUAGES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    main_language = forms.ChoiceField(
        label=_("main language"),
        choices=lambda: settings.LANGUAGES,
        widget=UnfoldAdminSelectWidget,
        help_text=_("for readers whose own language it does not have"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("main_language", self.instance.languages[0])

    def clean(self):
        cleaned = super().clean() or {}
        languages, main = cleaned.get("languages"), cleaned.get("main_language")
        if languages and main not in languages:
            self.add_error("main_language", _("Tick the main language among the languages, too."))
        elif languages:
            cleaned["languages"] = [main, *(code for code in languages if code != main)]
        return cleaned


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin):
    form = NewsletterForm
    list_display = ["name", "schedule", "languages_in_words", "approval_required", "is_active"]
    actions = None
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_active"]}),
        (
            _("What it prints"),
            {
                "fields": [
                    ("source", "roundup_of"),
                    ("languages", "main_language"),
                    ("max_entries", "min_votes"),
                    "own_links",
                ]
            },
        ),
        (
            _("When it goes out"),
            {
                "fields": [
                    "weekdays",
                    "lag_days",
                    ("build_time", "send_time"),
                    ("time_zone", "expires_after"),
                    "approval_required",
                    ("quiet_from", "quiet_until"),
                    ("canary_percent", "canary_wait"),
                ]
            },
        ),
        (
            _("From whom"),
            {"fields": [("from_name", "from_address"), ("reply_to", "postal_address")]},
        ),
    ]
    on_other_sites = (_("On other sites"), {"fields": ["snippets"]})

    def has_delete_permission(self, request, obj=None):
        """Its editions tell what was sent, and the site stands on the default one."""
        return False

    def get_fieldsets(self, request, obj=None):
        """With forms to copy, once there is a newsletter that takes readers."""
        takes_readers = obj and obj.takes_readers
        return [*self.fieldsets, self.on_other_sites] if takes_readers else self.fieldsets

    def get_readonly_fields(self, request, obj=None):
        """The name in links is also in each Message-ID and List-Id, and the site asks for it."""
        return ["slug", "snippets"] if obj else ["snippets"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    @admin.display(description=_("main language"))
    def main_language(self, newsletter):
        """For those who may only look."""
        return dict(settings.LANGUAGES).get(newsletter.languages[0])

    @admin.display(description=_("form to copy"))
    def snippets(self, newsletter):
        """One in each language."""
        names = dict(settings.LANGUAGES)
        snippets = [
            (names.get(code, code), snippet(newsletter, code)) for code in newsletter.languages
        ]
        return render_to_string(
            "admin/newsletter/newsletter/_snippets.html", {"snippets": snippets}
        )

    @admin.display(description=_("schedule"))
    def schedule(self, newsletter):
        names = dict(ISO_WEEKDAYS)
        days = ", ".join(str(names[day]) for day in newsletter.weekdays)
        return f"{days} {newsletter.send_time:%H:%M} {newsletter.time_zone}"

    @admin.display(description=_("languages"))
    def languages_in_words(self, newsletter):
        names = dict(settings.LANGUAGES)
        return ", ".join(names.get(code, code) for code in newsletter.languages)
