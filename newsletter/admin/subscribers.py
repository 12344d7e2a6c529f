"""Readers: what they asked for.

A subscription's state is the reader's to change, not the desk's: consent is theirs.
"""

from django.conf import settings
from django.contrib import admin
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from newsletter.forms import when_it_leaves
from newsletter.models import Subscription
from newsletter.morning import weekdays


@admin.register(Subscription)
class SubscriptionAdmin(ModelAdmin):
    list_display = ["address", "newsletter", "state", "language", "confirmed_at"]
    list_filter = ["state", "newsletter", "language"]
    list_select_related = ["subscriber", "newsletter"]
    show_full_result_count = False
    search_fields = ["subscriber__email"]
    search_help_text = _("Search by address")
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

    @admin.display(description=_("address"), ordering="subscriber__email")
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
