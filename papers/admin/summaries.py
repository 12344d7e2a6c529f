"""Summaries, each beside its paper, with why it is flagged, and what was changed and by whom."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from papers.admin.evidence import BADGES, Evidence
from papers.admin.mending import MendsSummaries, overtaken_words, way_back, whole_number
from papers.flagged import is_looked_over
from papers.mend import rewrite
from papers.models import Paper, Revision, Summary, Verdict
from papers.revise import PARTS, Overtaken, stands
from papers.summarise.agreement import agreement_of
from papers.word_diff import Piece, word_diff

MOST_REVISIONS = 30  # on the page of a summary
MOST_RECEIPTS = 5


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
        shown = ["language", "verdict", "writer", "writer_name", "written_at"]
        papers = ["paper__canonical_id", "paper__title"]
        rows = super().get_queryset(request, exclude_parameters)
        return rows.select_related("paper").only(*shown, *papers)


@admin.register(Summary)
class SummaryAdmin(MendsSummaries):
    """Saved here, a summary is the editor's, and no writer touches it again."""

    form = SummaryForm
    list_display = ["paper", "language", "badge", "writer", "writer_name", "written_at"]
    list_filter = ["verdict", "language", "writer"]
    search_fields = ["paper__canonical_id", "paper__title"]
    autocomplete_fields = ["paper"]
    ordering = ["-written_at"]
    list_per_page = 50
    actions = None
    warn_unsaved_form = True
    compressed_fields = False  # labels above the texts, so that these are wide
    fieldsets = [(None, {"fields": ["paper", "language", *PARTS]})]
    change_form_template = "admin/papers/summary/change_form.html"

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
            "evidence": summary and Evidence(summary),
            "receipts": summary and receipts(summary),
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
        seen = form.cleaned_data["seen"] if change else ""
        seen_at = datetime.fromisoformat(seen) if seen else None
        rewrite(obj, request.user, seen_at, form.changed_data)

    @admin.display(description=gettext_lazy("verdict"), ordering="verdict")
    def badge(self, summary):
        """As it is kept; who is an editor has looked."""
        if not summary.verdict:
            return "–"
        is_signed = summary.verdict == Verdict.REVIEW and is_looked_over(summary)
        kind = "" if is_signed else BADGES[Verdict(summary.verdict)]
        words = _("signed by an editor") if is_signed else summary.get_verdict_display()
        return format_html('<span class="bd {}">{}</span>', kind, words)

    def response_change(self, request, obj):
        back = way_back(request)
        return redirect(back) if back else super().response_change(request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        back = way_back(request)
        return redirect(back) if back else super().response_add(request, obj, post_url_continue)


def receipts(summary):
    """What models were asked about the paper in the summary's language, the newest first."""
    asked = summary.paper.receipts.filter(language=summary.language)
    return asked.select_related("reading").defer("answer", "reading__text")[:MOST_RECEIPTS]


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


def asked_for(request):
    """The paper that a summary is to be added to."""
    return Paper.objects.filter(pk=whole_number(request.GET.get("paper", ""))).first()
