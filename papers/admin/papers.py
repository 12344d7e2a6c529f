"""Papers as the sources tell them, and the lists that they came by."""

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, OuterRef, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminURLInputWidget

from papers.look_only import LookOnly
from papers.models import Listing, Paper, Pull, Summary


class ListingInline(LookOnly, TabularInline):
    extra = 0
    model = Listing
    fields = ["date", "source", "vote_count", "comment_count", "last_seen_at"]


class SummaryInline(LookOnly, TabularInline):
    extra = 0
    model = Summary
    fields = ["language", "writer", "writer_name", "whats_new", "written_at"]
    show_change_link = True


class PaperForm(forms.ModelForm):
    image_url = forms.URLField(
        label=_("picture's address"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
    )

    class Meta:
        model = Paper
        fields = ["title", "image_url"]
        widgets = {"title": UnfoldAdminTextareaWidget({"rows": 2})}


class SourceFilter(admin.SimpleListFilter):
    """By the papers of its lists; Django's own filter would ask for all papers once more."""

    title = _("source")
    parameter_name = "source"

    def lookups(self, request, model_admin):
        sources = Listing.objects.order_by("source").values_list("source", flat=True).distinct()
        return [(source, source) for source in sources]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        listed = Listing.objects.filter(source=self.value())
        return queryset.filter(pk__in=listed.values("paper"))


@admin.register(Paper)
class PaperAdmin(ModelAdmin):
    """Facts are the source's; a title or a picture may be corrected."""

    form = PaperForm
    list_display = ["canonical_id", "headline", "last_listed_on", "votes", "summary_count"]
    list_display_links = ["canonical_id", "headline"]
    list_filter = [("listings__date", RangeDateFilter), SourceFilter, "origin"]
    list_filter_submit = True
    search_fields = ["canonical_id", "title"]
    search_help_text = _("Search by arXiv id or words of the title")
    ordering = ["-canonical_id"]
    list_per_page = 50
    actions = None
    inlines = [SummaryInline, ListingInline]
    readonly_fields = [
        "canonical_id",
        "people",
        "organisation",
        "abstract",
        "published_at",
        "withdrawn_at",
        "links",
        "origin",
        "updated_at",
    ]
    fieldsets = [
        (
            _("To correct"),
            {
                "fields": ["title", "image_url"],
                "description": _("A correction stays, whatever the source says later."),
            },
        ),
        (
            _("As the source tells it"),
            {
                "fields": [
                    "canonical_id",
                    "people",
                    "organisation",
                    "abstract",
                    ("published_at", "withdrawn_at"),
                    "links",
                    ("origin", "updated_at"),
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        """Each counted by itself: joined, all papers would be, for any page."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                listed_on=of_each(Listing, Max("date")),
                top_votes=of_each(Listing, Max("vote_count")),
                written=of_each(Summary, Count("pk")),
            )
        )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.corrected = sorted({*obj.corrected, *form.changed_data})
        super().save_model(request, obj, form, change)

    @admin.display(description=_("title"), ordering="title")
    def headline(self, paper):
        return format_html('<span class="title" lang="en">{}</span>', paper.title)

    @admin.display(description=_("listed on"), ordering="listed_on")
    def last_listed_on(self, paper):
        return paper.listed_on

    @admin.display(description=_("votes"), ordering="top_votes")
    def votes(self, paper):
        return paper.top_votes

    @admin.display(description=_("summaries"), ordering="written")
    def summary_count(self, paper):
        return paper.written or 0

    @admin.display(description=_("authors"))
    def people(self, paper):
        return ", ".join(paper.author_names)

    @admin.display(description=_("links"))
    def links(self, paper):
        return format_html(
            '<a href="{}">arXiv</a> · <a href="{}">PDF</a> · <a href="{}">{}</a>',
            paper.arxiv_url,
            paper.pdf_url,
            paper.discussion_url,
            _("Discussion"),
        )


def of_each(model, value):
    """Of a paper's own rows."""
    rows = model.objects.filter(paper=OuterRef("pk")).order_by().values("paper")
    return Subquery(rows.annotate(value=value).values("value"))


@admin.register(Pull)
class PullAdmin(LookOnly, ModelAdmin):
    list_display = ["date", "source", "entry_count", "attempted_at", "succeeded_at", "problem"]
    list_filter = ["source", ("problem", admin.EmptyFieldListFilter)]
    date_hierarchy = "date"
