"""The entries of an edition as cards: to move, hide and note, and to see what is not written."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from newsletter.compose import set_order
from newsletter.models import Edition, Entry
from newsletter.render.entries import language_name
from papers.models import Summary


@dataclass(frozen=True)
class Writing:
    """A paper's summary in one of the edition's languages, and where to write it."""

    language: str
    name: str
    words: str
    is_missing: bool
    url: str


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ["position", "hidden", "note"]
        widgets = {
            "position": forms.HiddenInput,
            "hidden": forms.CheckboxInput,
            "note": UnfoldAdminExpandableTextareaWidget({"rows": 1}),
        }

    def __init__(self, *args, languages, **kwargs):
        super().__init__(*args, **kwargs)
        self.languages = languages
        title = self.instance.paper.short_title if self.instance.pk else ""
        self.fields["note"].widget.attrs["aria-label"] = _("Note on %(title)s") % {"title": title}

    @cached_property
    def writings(self) -> list[Writing]:
        return [writing(self.instance, language) for language in self.languages]

    @cached_property
    def more_author_count(self) -> int:
        return max(len(self.instance.paper.author_names) - 1, 0)


class EntryFormSet(PaginationInlineFormSet):
    """Printed entries in order, then the hidden ones."""

    @cached_property
    def languages(self) -> list[str]:
        """The edition's, looked up once for all of its entries."""
        edition: Edition = self.instance
        return edition.languages

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"languages": self.languages}

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            entries = super().get_queryset().order_by("hidden", "position", "pk")
            rows = entries.select_related("paper", "edition__newsletter")
            self._queryset = rows.prefetch_related("paper__summaries")
        return self._queryset


class EntryInline(StackedInline):
    model = Entry
    form = EntryForm
    formset = EntryFormSet
    template = "admin/newsletter/edition/_entries.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


def save_entries(edition: Edition, formset: EntryFormSet) -> None:
    """Keep what the editor changed, and mark just that as the editor's."""
    wanted = sorted(formset.forms, key=wanted_position)
    moved = out_of_line(printed(sorted(formset.forms, key=old_position)), printed(wanted))
    formset.save(commit=False)  # tells the history what changed
    for form in formset.forms:
        entry = form.instance
        if entry.pk in moved or {"hidden", "note"} & set(form.changed_data):
            entry.touch()
            entry.save(update_fields=["hidden", "note", "touched_at"])
    if moved:
        set_order(edition, [form.instance.pk for form in wanted])


def wanted_position(form: EntryForm) -> int:
    position: int = form.cleaned_data["position"]
    return position


def old_position(form: EntryForm) -> tuple[int, int]:
    return form.initial["position"], form.instance.pk


def printed(forms: list[EntryForm]) -> list[int]:
    """The entries that are printed from now on: one put back stands where its card stood."""
    return [form.instance.pk for form in forms if not form.cleaned_data["hidden"]]


def out_of_line(before: list[int], after: list[int]) -> set[int]:
    """Those that were moved; the ones that a card was dragged past were not."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    in_line = {
        pk
        for block in matcher.get_matching_blocks()
        for pk in before[block.a : block.a + block.size]
    }
    return set(before) - in_line


def writing(entry: Entry, language: str) -> Writing:
    summaries = {summary.language: summary for summary in entry.paper.summaries.all()}
    summary = summaries.get(language)
    return Writing(
        language=language,
        name=language_name(language),
        words=by_whom(summary),
        is_missing=summary is None or is_blank(summary),
        url=where_to_write(entry, language, summary),
    )


def by_whom(summary: Summary | None) -> str:
    if summary is None:
        return _("no summary")
    if is_blank(summary):
        return _("blank")
    if summary.is_excerpt:
        return _("excerpt")
    return summary.writer_name or str(summary.get_writer_display())


def is_blank(summary: Summary) -> bool:
    said = [summary.lead, summary.whats_new, summary.technical_details]
    said += [summary.performance_highlights, *(text for _label, text in summary.further)]
    return not any(text.strip() for text in said)


def where_to_write(entry: Entry, language: str, summary: Summary | None) -> str:
    """The summary's form, with the way back to the desk."""
    back = reverse("admin:newsletter_edition_change", args=[entry.edition_id])
    if summary:
        form = reverse("admin:papers_summary_change", args=[summary.pk])
        return f"{form}?{urlencode({'back': back})}"
    form = reverse("admin:papers_summary_add")
    return f"{form}?{urlencode({'back': back, 'paper': entry.paper_id, 'language': language})}"
