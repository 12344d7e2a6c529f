"""The ledger, to look at: only `newsletter.deliver` writes in it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from newsletter.models import Channel, Delivery


class DoubtFilter(admin.SimpleListFilter):
    """What nobody can be sure of: it may have arrived, or not."""

    title = _("doubt")
    parameter_name = "doubt"
    STATES = {
        "any": (Delivery.State.IN_DOUBT, Delivery.State.ASSUMED_SENT),
        "in_doubt": (Delivery.State.IN_DOUBT,),
        "assumed_sent": (Delivery.State.ASSUMED_SENT,),
    }

    def lookups(self, request, model_admin):
        return [
            ("any", _("in doubt, now or in the end")),
            ("in_doubt", Delivery.State.IN_DOUBT.label),
            ("assumed_sent", Delivery.State.ASSUMED_SENT.label),
        ]

    def queryset(self, request, queryset):
        states = self.STATES.get(self.value() or "")
        return queryset.filter(state__in=states) if states else queryset


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin):
    list_display = ["address", "edition", "state", "accepted_at", "what_happened"]
    list_filter = ["state", DoubtFilter, "edition__newsletter"]
    list_select_related = ["subscriber", "edition__newsletter"]
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "edition__date"
    ordering = ["-pk"]
    search_fields = ["subscriber__email", "provider_message_id"]
    fieldsets = [
        (None, {"fields": ["address", "edition", "rendition", "state", "not_before"]}),
        (_("The way out"), {"fields": ["channel", "attempts", "accepted_at"]}),
        (_("Doubt"), {"fields": ["in_doubt_at", "doubt_reason", "resolved_by"]}),
        (_("Errors"), {"fields": ["provider_message_id", "error_class", "error_code"]}),
    ]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("address"), ordering="subscriber__email")
    def address(self, delivery):
        return delivery.subscriber.email

    @admin.display(description=_("channel"))
    def channel(self, delivery):
        return Channel.objects.filter(slice=delivery.fence).first()

    @admin.display(description=_("what happened"))
    def what_happened(self, delivery):
        return delivery.doubt_reason or " ".join([delivery.error_class, delivery.error_code])
