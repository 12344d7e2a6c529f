"""What others say of our mails: as it was understood, and what nobody could read."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from newsletter.address import typed_key
from newsletter.models import Callback, DeliveryEvent
from newsletter.track import bounces, refusals
from newsletter.track.callbacks import VIEWS
from papers.look_only import LookOnly

OF_EDITION = "edition__id__exact"
MOST_SHOWN = 20_000  # characters


class KindFilter(admin.SimpleListFilter):
    """Without a choice: what an editor wants to see. Most mails arrive."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [("all", gettext_lazy("everything")), *DeliveryEvent.Kind.choices]

    def choices(self, changelist):
        unfiltered, *others = super().choices(changelist)
        yield unfiltered | {"display": gettext_lazy("what failed, or was complained of")}
        yield from others

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.filter(kind__in=DeliveryEvent.TELLING)
        return queryset if self.value() == "all" else queryset.filter(kind=self.value())


class ProviderFilter(admin.SimpleListFilter):
    """Those that there may be; Django's own filter would read the whole table for them."""

    title = gettext_lazy("provider")
    parameter_name = "provider"

    def lookups(self, request, model_admin):
        return [(name, name) for name in (*VIEWS, bounces.PROVIDER, refusals.PROVIDER)]

    def queryset(self, request, queryset):
        return queryset.filter(provider=self.value()) if self.value() else queryset


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(LookOnly, ModelAdmin):
    list_display = ["happened_at", "kind", "code", "address", "edition", "provider"]
    list_filter = [KindFilter, ProviderFilter]
    list_select_related = ["delivery__subscriber", "edition__newsletter"]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    ordering = ["-pk"]
    search_fields = ["event_id"]
    search_help_text = gettext_lazy("Search by a whole address")
    actions = None
    fields = [
        *("happened_at", "received_at", "kind", "code", "address", "edition"),
        *("provider", "event_id"),
    ]

    def get_ordering(self, request):
        """All events of an edition stand in the order of an index; the newest first would have
        those of all editions since looked through."""
        is_all = request.GET.get("kind") in ("all", DeliveryEvent.Kind.DELIVERED)
        by_index = is_all and OF_EDITION in request.GET
        return ["edition_id", "kind", "delivery_id"] if by_index else self.ordering

    def get_search_results(self, request, queryset, search_term):
        """By an index: there may be millions of them."""
        if not search_term:
            return queryset, False
        if "@" in search_term:
            return queryset.filter(address_key=typed_key(search_term)), False
        return queryset.filter(event_id=search_term), False

    @admin.display(description=gettext_lazy("address"))
    def address(self, event):
        return event.delivery.subscriber.email if event.delivery else "–"


@admin.register(Callback)
class CallbackAdmin(LookOnly, ModelAdmin):
    list_display = ["received_at", "provider", "problem"]
    list_filter = [ProviderFilter]
    show_full_result_count = False
    ordering = ["-pk"]
    actions = None
    fields = ["received_at", "provider", "problem", "text"]

    def get_queryset(self, request):
        """A call may have a megabyte, and the list shows a hundred: a body is read where it is
        shown."""
        return super().get_queryset(request).defer("body", "headers")

    @admin.display(description=gettext_lazy("as it came in"))
    def text(self, callback):
        octets = bytes(callback.body)[:MOST_SHOWN]
        return format_html("<pre>{}</pre>", octets.decode("utf-8", "replace"))
