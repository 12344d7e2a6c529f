"""Readers: what they asked for, and addresses that must not be mailed.

A subscription's state is the reader's to change, not the desk's: consent is theirs.
"""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget

from newsletter.admin.paging import Pages
from newsletter.forms import when_it_leaves
from newsletter.models import Subscription, Suppression
from newsletter.models.subscribers import address_key
from newsletter.morning import weekdays


class LanguageFilter(admin.SimpleListFilter):
    """By the languages that there are; which of them readers have is not looked up."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


@admin.register(Subscription)
class SubscriptionAdmin(ModelAdmin):
    list_display = ["address", "newsletter", "state", "language", "confirmed_at"]
    list_filter = ["state", "newsletter", LanguageFilter]
    list_select_related = ["subscriber", "newsletter"]
    # A million of them are shown, found and counted in a moment; sorted otherwise they are not.
    paginator, list_per_page = Pages, 50
    show_full_result_count = False
    sortable_by = ()
    search_fields = ["^subscriber__email"]
    search_help_text = _("Search by how the address begins")
    ordering = ["-pk"]
    actions = None
    fields = ["language"]
    facts = [
        "address",
        "newsletter",
        "state",
        "confirmation_requested_at",
        "confirmed_at",
        "unsubscribed_at",
        "mornings",
        "paused_until",
        "chosen_at",
        "proof",
    ]
    readonly_fields = facts

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": [*self.facts, *self.fields]})]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "language":
            kwargs["widget"] = UnfoldAdminSelectWidget(choices=settings.LANGUAGES)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("address"))
    def address(self, subscription):
        return subscription.subscriber.email

    @admin.display(description=_("gets it on"))
    def mornings(self, subscription):
        """Days, hour and zone, in a line."""
        days = ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in weekdays(subscription.weekdays))
        hour = when_it_leaves(subscription.newsletter)
        if subscription.hour is not None:
            hour = f"{subscription.hour:02}:00"
        return f"{days} · {hour} · {subscription.time_zone or subscription.newsletter.time_zone}"

    @admin.display(description=_("consent"))
    def proof(self, subscription):
        """Each act: when, from where, to which words."""
        consents = subscription.consents.select_related("wording")
        rows = [
            (
                date_format(localtime(each.at), "Y-m-d H:i:s T"),
                f"{each.get_act_display()}, {each.get_source_display()}",
                each.network[:8] or "–",
                each.wording.text if each.wording else "–",
            )
            for each in consents
        ]
        return format_html_join(mark_safe("<br>"), "{} · {} · {} · {}", rows) or "–"

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SuppressionForm(forms.ModelForm):
    """An address is typed, and its key is kept."""

    address = forms.EmailField(
        label=_("address"),
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("No mail goes to it any more. Only a key is kept, not the address."),
    )

    def clean_address(self):
        self.instance.address_key = address_key(self.cleaned_data["address"])
        if Suppression.objects.filter(address_key=self.instance.address_key).exists():
            raise forms.ValidationError(_("This address is suppressed already."))
        return self.cleaned_data["address"]


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    list_display = ["short_key", "reason", "created_at"]
    list_filter = ["reason"]
    ordering = ["-created_at"]
    actions = None
    search_fields = ["address_key"]
    search_help_text = _("Search by a whole address")

    def get_fields(self, request, obj=None):
        return ["address_key", "reason", "created_at"] if obj else ["address"]

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs | ({} if obj else {"form": SuppressionForm}))

    def get_search_results(self, request, queryset, search_term):
        if "@" in search_term:
            search_term = address_key(search_term)
        return super().get_search_results(request, queryset, search_term)

    def has_change_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.reason = Suppression.Reason.MANUAL
        super().save_model(request, obj, form, change)

    @admin.display(description=_("address key"))
    def short_key(self, suppression):
        return f"{suppression.address_key[:12]}…"
