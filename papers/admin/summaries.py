"""The summaries, each beside its paper, with what was changed and by whom."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from papers.models import Paper, Revision, Summary
from papers.revise import PARTS, Needed, Overtaken, revise, stands, undo
from papers.summarise.agreement import agreement_of
from papers.summarise.source import source_text
from papers.word_diff import Piece, word_diff

MOST_REVISIONS = 30  # on the page of a summary


@dataclass(frozen=True)
class ChangedPart:
    """A part of a summary as it stood and as somebody has it now, in one text."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Rewriting:
    """A revision as the page shows it."""

    revision: Revision
    parts: list[ChangedPart]
    can_be_undone: bool


class SummaryForm(forms.ModelForm):
    """Which words the editor has seen, so that nobody else's are overwritten."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Summary
        fields = ["paper", "language", *PARTS]
        widgets = {"language": UnfoldAdminSelectWidget(choices=settings.LANGUAGES)} | {
            part: UnfoldAdminTextareaWidget({"rows": 6}) for part in PARTS
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stands_since = self.instance.pk and self.instance.written_at.isoformat()
        self.initial["seen"] = self.stands_since

    def clean_seen(self):
        """Over what somebody else wrote only when the editor has seen that, too, and says so."""
        seen = self.data.get("_over") or self.cleaned_data["seen"]
        if self.stands_since and seen != self.stands_since:
            raise forms.ValidationError(
                _(
                    "Someone else has rewritten this summary since you opened it, so nothing was "
                    "saved. Below stands what yours would change in theirs."
                )
            )
        return seen

    @property
    def is_overtaken(self):
        return "seen" in self.errors

    @property
    def changed_words(self):
        """What the editor's words would change in those that stand now."""
        mine = [self.data.get(part, "").replace("\r\n", "\n").strip() for part in PARTS]
        theirs = {part: self.initial[part] for part in PARTS}
        return changed_parts(theirs, dict(zip(PARTS, mine, strict=True)))


class SummaryList(ChangeList):
    def get_queryset(self, request, exclude_parameters=None):
        """Without the texts, which it does not show."""
        shown = ["language", "writer", "writer_name", "written_at"]
        papers = ["paper__canonical_id", "paper__title"]
        rows = super().get_queryset(request, exclude_parameters)
        return rows.select_related("paper").only(*shown, *papers)


@admin.register(Summary)
class SummaryAdmin(ModelAdmin):
    """Saved here, a summary is the editor's, and no writer touches it again."""

    form = SummaryForm
    list_display = ["paper", "language", "writer", "writer_name", "written_at"]
    list_filter = ["language", "writer"]
    search_fields = ["paper__canonical_id", "paper__title"]
    autocomplete_fields = ["paper"]
    ordering = ["-written_at"]
    list_per_page = 50
    actions = None
    warn_unsaved_form = True
    compressed_fields = False  # labels above the texts, so that these are wide
    fieldsets = [(None, {"fields": ["paper", "language", *PARTS]})]
    change_form_template = "admin/papers/summary/change_form.html"

    def get_urls(self):
        undo_url = path(
            "<int:summary_id>/revisions/<int:revision_id>/undo/",
            self.admin_site.admin_view(self.undo),
            name="papers_summary_undo",
        )
        return [undo_url, *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        return ["paper", "language"] if obj else []

    def get_changelist(self, request, **kwargs):
        return SummaryList

    def has_add_permission(self, request):
        """Who may rewrite one may write a missing one."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """With the paper beside it, so that what is written can be held against its source."""
        summary = self.get_object(request, unquote(object_id)) if object_id else None
        paper = summary.paper if summary else asked_for(request)
        context = {
            "paper": paper,
            "back": way_back(request),
            "agreement": summary and agreement_of(summary),
            "rewritings": summary and rewritings(summary),
            "may_undo": summary and self.has_change_permission(request, summary),
        }
        try:
            return super().changeform_view(
                request, object_id, form_url, context | (extra_context or {})
            )
        except Overtaken:
            self.message_user(request, overtaken_words(), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(self, request, obj, form, change):
        if not form.changed_data and change:
            return
        sign(obj, form.changed_data, request.user.get_username())
        seen = form.cleaned_data["seen"] if change else ""
        revise(obj, request.user, datetime.fromisoformat(seen) if seen else None)

    def undo(self, request, summary_id, revision_id):
        """Take a revision back; POST only."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        revision = get_object_or_404(Revision, pk=revision_id, summary=summary_id)
        if not self.has_change_permission(request, revision.summary):
            raise PermissionDenied
        try:
            self.take_back(request, revision)
        except Overtaken:
            self.message_user(request, overtaken_words(), messages.ERROR)
        except Needed as needed:
            self.message_user(request, str(needed), messages.ERROR)
        else:
            self.message_user(request, _("Taken back."), messages.SUCCESS)
        return redirect(
            way_back(request) or reverse("admin:papers_summary_change", args=[summary_id])
        )

    def take_back(self, request, revision):
        """Raises Needed, with a sentence for the editor, or Overtaken."""
        undo(revision, request.user)

    def response_change(self, request, obj):
        back = way_back(request)
        return redirect(back) if back else super().response_change(request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        back = way_back(request)
        return redirect(back) if back else super().response_add(request, obj, post_url_continue)


def rewritings(summary):
    """The newest first, each with its words marked."""
    rows = summary.revisions.all()[:MOST_REVISIONS]
    return [Rewriting(row, changed_parts(row.before or {}, row.after), stands(row)) for row in rows]


def changed_parts(before, after):
    """The parts that differ, in the order of the page."""
    labels = SummaryForm.base_fields
    return [
        ChangedPart(str(labels[part].label), word_diff(before.get(part, ""), after[part]))
        for part in PARTS
        if before.get(part, "") != after[part]
    ]


def overtaken_words():
    return _("Someone else has rewritten this summary meanwhile. Please look again.")


def asked_for(request):
    """The paper that a summary is to be added to."""
    return Paper.objects.filter(pk=key_in(request.GET.get("paper", ""))).first()


def key_in(text):
    """A row's key; None where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else None  # what a BIGINT holds


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
