"""Papers as the sources tell them, and the summaries that an editor may rewrite."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, Max
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminURLInputWidget,
)

from papers.look_only import LookOnly
from papers.models import Listing, Paper, Pull, Summary
from papers.summarise.writer import source_text

PARTS = ["lead", "whats_new", "technical_details", "performance_highlights"]


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


@admin.register(Paper)
class PaperAdmin(ModelAdmin):
    """Facts are the source's; a title or a picture may be corrected."""

    form = PaperForm
    list_display = ["canonical_id", "headline", "last_listed_on", "votes", "summary_count"]
    list_display_links = ["canonical_id", "headline"]
    list_filter = [("listings__date", RangeDateFilter), "listings__source", "origin"]
    list_filter_submit = True
    search_fields = ["canonical_id", "title"]
    search_help_text = _("Search by arXiv id or words of the title")
    ordering = ["-canonical_id"]
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
        return (
            super()
            .get_queryset(request)
            .annotate(
                listed_on=Max("listings__date"),
                top_votes=Max("listings__vote_count"),
                written=Count("summaries", distinct=True),
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
        return paper.written

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


@admin.register(Pull)
class PullAdmin(LookOnly, ModelAdmin):
    list_display = ["date", "source", "entry_count", "attempted_at", "succeeded_at", "problem"]
    list_filter = ["source", ("problem", admin.EmptyFieldListFilter)]
    date_hierarchy = "date"


class SummaryForm(forms.ModelForm):
    class Meta:
        model = Summary
        fields = ["paper", "language", *PARTS]
        widgets = {"language": UnfoldAdminSelectWidget(choices=settings.LANGUAGES)} | {
            part: UnfoldAdminTextareaWidget({"rows": 6}) for part in PARTS
        }


@admin.register(Summary)
class SummaryAdmin(ModelAdmin):
    """Saved here, a summary is the editor's, and no writer touches it again."""

    form = SummaryForm
    list_display = ["paper", "language", "writer", "writer_name", "written_at"]
    list_filter = ["language", "writer"]
    list_select_related = ["paper"]
    search_fields = ["paper__canonical_id", "paper__title"]
    autocomplete_fields = ["paper"]
    ordering = ["-written_at"]
    actions = None
    warn_unsaved_form = True
    compressed_fields = False  # labels above the texts, so that these are wide
    fieldsets = [(None, {"fields": ["paper", "language", *PARTS]})]
    change_form_template = "admin/papers/summary/change_form.html"

    def get_readonly_fields(self, request, obj=None):
        return ["paper", "language"] if obj else []

    def has_add_permission(self, request):
        """Who may rewrite one may write a missing one."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """With the paper beside it, so that what is written can be held against its source."""
        summary = self.get_object(request, unquote(object_id)) if object_id else None
        paper = summary.paper if summary else asked_for(request)
        context = {"paper": paper, "back": way_back(request)}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request, obj, form, change):
        if form.changed_data:
            sign(obj, form.changed_data, request.user.get_username())
        super().save_model(request, obj, form, change)

    def response_change(self, request, obj):
        back = way_back(request)
        return redirect(back) if back else super().response_change(request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        back = way_back(request)
        return redirect(back) if back else super().response_add(request, obj, post_url_continue)


def asked_for(request):
    """The paper that a summary is to be added to."""
    wanted = request.GET.get("paper", "")
    is_key = wanted.isdecimal() and len(wanted) < 19  # what a BIGINT holds
    return Paper.objects.filter(pk=wanted).first() if is_key else None


def sign(summary, changed, editor):
    """Make it the editor's, in the summary's language, written from the paper as it is now."""
    source = source_text(summary.paper)
    if "lead" in changed:
        summary.lead_by = ""
    summary.writer, summary.writer_name = Summary.Writer.EDITOR, editor
    summary.text_language = summary.language
    summary.source_kind, summary.source_length = source.kind, source.length
    summary.source_sha256 = source.sha256
    summary.written_at = timezone.now()


def way_back(request):
    """Where the editor came from, if it is a page of this site."""
    wanted = request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else ""
