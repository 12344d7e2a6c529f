"""The receipts: what language models were asked, and what they answered and cost."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib import admin
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from papers.look_only import LookOnly
from papers.models import Paper, Reading, Receipt
from papers.summarise.llm.receipts import spent

LATELY = 500  # receipts, whose models and days may be chosen
DAYS = 8
BADGES = {Receipt.State.BLOCKED: "w", Receipt.State.UNAVAILABLE: "w"}


class ModelFilter(admin.SimpleListFilter):
    """The models that were asked lately; all receipts would be gone through for all of them."""

    title = gettext_lazy("model")
    parameter_name = "model"

    def lookups(self, request, model_admin):
        asked = Receipt.objects.order_by("-pk").values_list("model", flat=True)[:LATELY]
        return [(model, model) for model in sorted(set(asked))]

    def queryset(self, request, queryset):
        return queryset.filter(model=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """By the clock of the budget, in UTC."""

    title = gettext_lazy("day")
    parameter_name = "day"

    def lookups(self, request, model_admin):
        today = timezone.now().date()
        days = [today - timedelta(days=back) for back in range(DAYS)]
        return [(day.isoformat(), date_format(day)) for day in days]

    def queryset(self, request, queryset):
        try:
            began_at = beginning(date.fromisoformat(self.value() or ""))
        except ValueError:
            return queryset
        return queryset.filter(asked_at__gte=began_at, asked_at__lt=began_at + timedelta(days=1))


def beginning(day):
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


@admin.register(Receipt)
class ReceiptAdmin(LookOnly, ModelAdmin):
    """The newest first, and nothing counted: there may be a million."""

    list_display = ["asked_at", "of_paper", "language", "model", "badge", "tries", "cost"]
    list_filter = ["state", ModelFilter, DayFilter]
    list_select_related = ["paper"]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    ordering = ["-pk"]
    actions = None
    search_fields = ["paper__canonical_id"]
    search_help_text = gettext_lazy("Search by a whole arXiv id")
    list_before_template = "admin/papers/receipt/_spent.html"
    fieldsets = [
        (None, {"fields": ["paper", "language", "badge", "verdicts", "problem"]}),
        (
            gettext_lazy("What was read"),
            {"fields": ["kind", "sections", "characters", "sha256", "version"]},
        ),
        (
            gettext_lazy("What was asked, and what it cost"),
            {
                "fields": [
                    *("model", "prompt_version", "tries", "tokens", "cost"),
                    *("asked_at", "answered_at"),
                ]
            },
        ),
    ]
    readonly_fields = [
        *("badge", "verdicts", "kind", "sections", "characters", "sha256", "version"),
        *("tries", "tokens", "cost"),
    ]

    def has_view_permission(self, request, obj=None):
        """Who may look at summaries may see what they cost."""
        return request.user.has_perm("papers.view_summary")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_queryset(self, request):
        """Without answers and texts, which it does not show."""
        rows = super().get_queryset(request).defer("answer", "paper__abstract", "paper__authors")
        return rows.select_related("reading").defer("reading__text") if is_one(request) else rows

    def get_search_results(self, request, queryset, search_term):
        """By an index: joined, all of them would be gone through for one of the paper's."""
        if not search_term:
            return queryset, False
        papers = Paper.objects.filter(canonical_id=search_term)
        return queryset.filter(paper__in=list(papers.values_list("pk", flat=True))), False

    def changelist_view(self, request, extra_context=None):
        """With what today has cost so far, of what it may."""
        context = {
            "spent": dollars(spent(timezone.now())),
            "budget": f"${settings.LLM_BUDGET:.2f}",
            "has_model": bool(settings.LLM_MODELS),
        }
        return super().changelist_view(request, (extra_context or {}) | context)

    @admin.display(description=gettext_lazy("paper"))
    def of_paper(self, receipt):
        title = receipt.paper.short_title
        return format_html(
            '{}<span class="below" lang="en">{}</span>', receipt.paper.canonical_id, title
        )

    @admin.display(description=gettext_lazy("state"))
    def badge(self, receipt):
        kind = BADGES.get(receipt.state, "")
        words = receipt.get_state_display()
        return format_html('<span class="bd {}">{}</span>', kind, words)

    @admin.display(description=gettext_lazy("tries"))
    def tries(self, receipt):
        return receipt.try_count

    @admin.display(description=gettext_lazy("tokens"))
    def tokens(self, receipt):
        counts = {
            "read": number_format(receipt.input_tokens, use_l10n=True, force_grouping=True),
            "written": number_format(receipt.output_tokens, use_l10n=True, force_grouping=True),
        }
        return _("%(read)s read, %(written)s written") % counts

    @admin.display(description=gettext_lazy("cost"))
    def cost(self, receipt):
        return dollars(receipt.cost_usd)

    @admin.display(description=gettext_lazy("verdict"))
    def verdicts(self, receipt):
        """Of the summaries that print this answer; most have one."""
        rows = [
            (
                reverse("admin:papers_summary_change", args=[summary.pk]),
                summary.get_verdict_display() or _("not judged yet"),
            )
            for summary in receipt.summaries.only("verdict")
        ]
        return format_html_join(", ", '<a class="all" href="{}">{}</a>', rows) or "–"

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, receipt):
        return receipt.reading.get_kind_display() if receipt.reading else "–"

    @admin.display(description=gettext_lazy("sections"))
    def sections(self, receipt):
        return " · ".join(receipt.reading.sections) if receipt.reading else "–"

    @admin.display(description=gettext_lazy("characters"))
    def characters(self, receipt):
        """Counted where the text is."""
        if not receipt.reading_id:
            return "–"
        rows = Reading.objects.filter(pk=receipt.reading_id)
        return number_format(rows.values_list(Length("text"), flat=True).get(), force_grouping=True)

    @admin.display(description="SHA-256")
    def sha256(self, receipt):
        """Its beginning; the whole of it for who points at it."""
        shown = receipt.source_sha256
        return format_html('<code title="{}">{}</code>', shown, shown[:12])

    @admin.display(description=gettext_lazy("version of the paper"))
    def version(self, receipt):
        return (receipt.reading and receipt.reading.paper_version) or "–"


def dollars(amount):
    """As precise as a summary costs."""
    return f"${amount:.4f}"


def is_one(request):
    return bool(request.resolver_match and request.resolver_match.kwargs)
