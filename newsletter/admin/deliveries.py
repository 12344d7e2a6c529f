"""The ledger, to look at, and what an editor may order for what is in doubt."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import OuterRef, Q, Subquery
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from newsletter import audit
from newsletter.address import typed_key
from newsletter.deliver.doubt import can_be_sent_again, leave, send_again
from newsletter.deliver.progress import standing
from newsletter.models import Delivery, Edition, Newsletter, Slice
from newsletter.moments import moment_in_words
from papers.look_only import LookOnly

# What the ledger keeps in `resolved_by`, in words: all of it, or its first word and what follows.
RESOLVED = {
    "key": gettext_lazy("settled by asking again under the provider's key"),
    "event": gettext_lazy("settled by what the provider reported: %(what)s"),
    "search": gettext_lazy("found by asking the provider: %(what)s"),
    "policy hold": gettext_lazy("left as it is by the channel's policy"),
    "policy resend": gettext_lazy("sent again, once, by the channel's policy"),
    "order": gettext_lazy("%(what)s had it sent again"),
    "leave": gettext_lazy("%(what)s left it as it is"),
    "over": gettext_lazy("its edition was over"),
}


OF_EDITION = "edition__id__exact"


class DoubtFilter(admin.SimpleListFilter):
    """What nobody can be sure of: it may have arrived, or not."""

    title = gettext_lazy("doubt")
    parameter_name = "doubt"
    STATES = {
        "any": (Delivery.State.IN_DOUBT, Delivery.State.ASSUMED_SENT),
        "in_doubt": (Delivery.State.IN_DOUBT,),
        "assumed_sent": (Delivery.State.ASSUMED_SENT,),
    }

    def lookups(self, request, model_admin):
        return [
            ("any", gettext_lazy("in doubt, now or in the end")),
            ("in_doubt", Delivery.State.IN_DOUBT.label),
            ("assumed_sent", Delivery.State.ASSUMED_SENT.label),
        ]

    def queryset(self, request, queryset):
        """One by one, as each has an index of its own."""
        either = Q()
        for state in self.STATES.get(self.value() or "", ()):
            either |= Q(state=state)
        return queryset.filter(either)


class NewsletterFilter(admin.SimpleListFilter):
    """By the few editions that still have their deliveries, which an index knows; by way of the
    newsletter, the deliveries of all of them would be looked through."""

    title = gettext_lazy("newsletter")
    parameter_name = "newsletter"

    def lookups(self, request, model_admin):
        return list(Newsletter.objects.values_list("pk", "name"))

    def queryset(self, request, queryset):
        wanted = self.value() or ""
        if not wanted.isdecimal():
            return queryset
        asked = Edition.objects.filter(audience_cutoff_at__isnull=False)
        kept = asked.filter(newsletter=int(wanted), pruned_at=None)
        return queryset.filter(edition__in=list(kept.values_list("pk", flat=True)))


@admin.register(Delivery)
class DeliveryAdmin(LookOnly, ModelAdmin):
    """Nobody writes in it by hand; what is in doubt is settled by an action."""

    list_display = ["address", "edition", "state_and_since", "what_happened"]
    list_filter = ["state", DoubtFilter, NewsletterFilter]
    list_select_related = ["subscriber", "edition__newsletter"]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    ordering = ["-pk"]
    search_fields = ["provider_message_id"]
    search_help_text = gettext_lazy("Search by a whole address")
    list_before_template = "admin/newsletter/delivery/of_edition.html"
    actions = ["send_selected_again", "leave_selected"]
    fieldsets = [
        (None, {"fields": ["address", "edition", "rendition", "state", "not_before"]}),
        (gettext_lazy("The way out"), {"fields": ["channel", "attempts", "accepted_at"]}),
        (
            gettext_lazy("Doubt"),
            {"fields": ["in_doubt_at", "doubt_reason", "resolution", "resent_at"]},
        ),
        (
            gettext_lazy("Errors"),
            {"fields": ["provider_message_id", "error_class", "error_code"]},
        ),
    ]

    def has_settle_permission(self, request):
        return request.user.has_perm("newsletter.settle_delivery")

    def get_queryset(self, request):
        through = Slice.objects.filter(pk=OuterRef("fence")).values("channel__name")
        return super().get_queryset(request).annotate(through=Subquery(through))

    # The list

    def get_ordering(self, request):
        """An edition's readers stand in the order of an index, which costs the same on every page;
        the newest first would have the deliveries of all editions since looked through. Those that
        are pending stand as they leave."""
        if OF_EDITION not in request.GET:
            return self.ordering
        is_pending = request.GET.get("state__exact") == Delivery.State.PENDING
        return ["edition_id", "not_before", "pk"] if is_pending else ["edition_id", "address_key"]

    def get_search_results(self, request, queryset, search_term):
        """By an index: there may be millions of them."""
        if not search_term:
            return queryset, False
        if "@" in search_term:
            return queryset.filter(subscriber__address_key=typed_key(search_term)), False
        return queryset.filter(provider_message_id=search_term), False

    def changelist_view(self, request, extra_context=None):
        chosen = request.GET.get(OF_EDITION, "")
        edition = Edition.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
        states = {"edition": edition, "states": states_of(edition) if edition else []}
        return super().changelist_view(request, (extra_context or {}) | states)

    @admin.display(description=gettext_lazy("address"))
    def address(self, delivery):
        return delivery.subscriber.email

    @admin.display(description=gettext_lazy("channel"))
    def channel(self, delivery):
        return delivery.through

    @admin.display(description=gettext_lazy("state"))
    def state_and_since(self, delivery):
        return format_html(
            '<span class="state">{}</span><span class="below">{}</span>',
            delivery.get_state_display(),
            moment_in_words(delivery.accepted_at or delivery.in_doubt_at, zone_of(delivery)),
        )

    @admin.display(description=gettext_lazy("what happened"))
    def what_happened(self, delivery):
        why = delivery.doubt_reason or " ".join([delivery.error_class, delivery.error_code])
        again = moment_in_words(delivery.resent_at, zone_of(delivery))
        said = [
            delivery.through and _("through %(channel)s") % {"channel": delivery.through},
            self.resolution(delivery),
            again and _("sent again on %(when)s") % {"when": again},
        ]
        below = " · ".join(filter(None, said))
        return format_html('{}<span class="below">{}</span>', why, below)

    @admin.display(description=gettext_lazy("resolved by"))
    def resolution(self, delivery):
        kept = delivery.resolved_by
        how, __, what = kept.partition(" ")
        words = RESOLVED.get(kept) or RESOLVED.get(how)
        return words % {"what": what} if words else kept

    # What is in doubt

    @admin.action(description=gettext_lazy("Send to these again"), permissions=["settle"])
    def send_selected_again(self, request, queryset):
        possible = can_be_sent_again(queryset)
        if not possible:
            self.message_user(request, _("None of these can be sent again."), messages.WARNING)
            return None
        if "sure" not in request.POST:
            return self.ask(request, queryset, possible)
        editions = editions_of(queryset)
        count = send_again(queryset, by=str(request.user))
        said = ngettext("%(count)s mail is sent again.", "%(count)s mails are sent again.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)
        for edition in editions if count else []:
            audit.record(request, "send_again", edition, message="Send to these again")
        return None

    @admin.action(description=gettext_lazy("Leave these as they are"), permissions=["settle"])
    def leave_selected(self, request, queryset):
        editions = editions_of(queryset)
        count = leave(queryset, by=str(request.user))
        said = ngettext("%(count)s is left as it is.", "%(count)s are left as they are.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)
        for edition in editions if count else []:
            audit.record(request, "leave", edition, message="Leave these as they are")

    def ask(self, request, queryset, possible):
        """How many would get it once more, before they do."""
        chosen = queryset.count()
        context = self.admin_site.each_context(request) | {
            "title": _("Send to these again"),
            "opts": self.opts,
            "possible": possible,
            "left_out": chosen - possible,
            "checkbox": ACTION_CHECKBOX_NAME,
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/newsletter/delivery/send_again.html", context)


def states_of(edition):
    """How many of an edition's deliveries are in which state, and where those are listed."""
    balance = standing(edition)
    counts = [(state, getattr(balance, state.value)) for state in Delivery.State]
    here = f"?{OF_EDITION}={edition.pk}"
    return [("", None, here)] + [
        (state.label, count, f"{here}&state__exact={state.value}")
        for state, count in counts
        if count
    ]


def zone_of(delivery):
    return delivery.edition.newsletter.time_zone


def editions_of(deliveries):
    """Those that an order is about, for the trail, before the rows leave the list's filter."""
    keys = deliveries.order_by().values("edition")
    return list(Edition.objects.filter(pk__in=keys).select_related("newsletter"))
