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
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelectWidget

from newsletter.admin.export import ExportAdmin
from newsletter.forms import when_it_leaves
from newsletter.models import Subscriber, Subscription
from newsletter.morning import weekdays

MOST_LOOKED_UP = 20_000  # addresses with one beginning


class LanguageFilter(admin.SimpleListFilter):
    """Those that there are; Django's own filter would read the whole table for them."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


class NewestFirst(ChangeList):
    """Whatever an address of the list asks for: no index has another order."""

    def get_ordering(self, request, queryset):
        return ["-pk"]


@admin.register(Subscription)
class SubscriptionAdmin(ExportAdmin):
    """Nothing of the list counts or sorts a million rows: the newest come first."""

    list_display = ["address", "newsletter", "state", "language", "confirmed_at"]
    list_filter = ["state", "newsletter", LanguageFilter]
    list_select_related = ["subscriber", "newsletter"]
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    list_per_page = 50
    search_fields = ["^subscriber__email"]
    search_help_text = _("Search by the beginning of an address, or by @ and a domain")
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

    def get_changelist(self, request, **kwargs):
        return NewestFirst

    def get_search_results(self, request, queryset, search_term):
        """A beginning is looked up in an index; for a domain all addresses are read."""
        if search_term.startswith("@"):
            return queryset.filter(subscriber__email__iendswith=search_term), False
        beginning = search_term.strip()
        if not beginning:
            return queryset, False
        found = Subscriber.objects.filter(email__istartswith=beginning).order_by().values("pk")
        if found[MOST_LOOKED_UP : MOST_LOOKED_UP + 1]:  # so many that the newest rows have some
            return queryset.filter(subscriber__email__istartswith=beginning), False
        return queryset.filter(subscriber__in=found[:MOST_LOOKED_UP]), False

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
        return f"{days} · {hour} · {subscription.own_time_zone}"

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
