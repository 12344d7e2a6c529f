"""The entries of an edition as cards: to move, hide, note, name and pin, and to see what is not
written."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from newsletter.admin.writings import Writing, writing
from newsletter.curate import Curation
from newsletter.models import Edition, Entry
from newsletter.render.entries import language_name, picture_url

LONGEST_HEADLINE = 200  # characters


@dataclass(frozen=True)
class Headline:
    """What is printed in place of the title in a language."""

    language: str
    text: str


class HeadlineField(forms.CharField):
    def __init__(self, language: str, title: str):
        name = language_name(language)
        label = _("Headline in %(language)s of %(title)s") % {"language": name, "title": title}
        super().__init__(
            label=name,
            required=False,
            max_length=LONGEST_HEADLINE,
            widget=UnfoldAdminTextInputWidget(attrs={"aria-label": label}),
        )
        self.language = language


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ["position", "hidden", "note", "pin"]
        widgets = {
            "position": forms.NumberInput(attrs={"min": 1}),
            "hidden": forms.CheckboxInput,
            "note": UnfoldAdminTextareaWidget({"rows": 2}),
            "pin": forms.NumberInput(attrs={"min": 1, "max": 99}),
        }

    def __init__(self, *args, languages, number, **kwargs):
        super().__init__(*args, **kwargs)
        self.languages = languages
        if number:
            self.initial["position"] = number  # as the page counts them
        title = self.instance.paper.short_title if self.instance.pk else ""
        for name, label in {
            "note": _("Note on %(title)s"),
            "pin": _("Pin to no.: %(title)s"),
            "position": _("No. of %(title)s"),
        }.items():
            self.fields[name].widget.attrs["aria-label"] = label % {"title": title}
        for language in languages:
            name = f"headline_{language}"
            self.fields[name] = HeadlineField(language, title)
            self.initial[name] = self.instance.headline(language)

    @cached_property
    def writings(self) -> list[Writing]:
        return [writing(self.instance, language) for language in self.languages]

    @cached_property
    def more_author_count(self) -> int:
        return max(len(self.instance.paper.author_names) - 3, 0)

    @property
    def picture_url(self) -> str:
        return picture_url(self.instance.paper.image_url)

    @property
    def is_out(self) -> bool:
        """As it stands, whatever was posted."""
        return bool(self.initial.get("hidden"))

    @property
    def headline_fields(self):
        return [self[f"headline_{language}"] for language in self.languages]

    @property
    def headlines(self) -> list[Headline]:
        texts = [Headline(code, self.instance.headline(code)) for code in self.languages]
        return [headline for headline in texts if headline.text]

    @property
    def has_headline(self) -> bool:
        return any(field.value() or field.errors for field in self.headline_fields)


class EntryFormSet(PaginationInlineFormSet):
    """Printed entries in order, then the hidden ones."""

    @cached_property
    def languages(self) -> list[str]:
        """The edition's, looked up once for all of its entries."""
        edition: Edition = self.instance
        return edition.languages

    def get_form_kwargs(self, index):
        number = None if index is None else index + 1
        return super().get_form_kwargs(index) | {"languages": self.languages, "number": number}

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            entries = super().get_queryset().order_by("hidden", "position", "pk")
            self._queryset = entries.select_related("paper").prefetch_related("paper__summaries")
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


def save_entries(curation: Curation, formset: EntryFormSet) -> None:
    """Keep what the editor changed in the form, and mark just that as the editor's."""
    formset.save(commit=False)  # tells the history what changed
    forms = [form for form in formset.forms if form.instance.pk]
    for form in forms:
        save_entry(curation, form)
    if any("position" in form.changed_data for form in forms):
        curation.arrange(wanted_order(curation, forms))
    for form in forms:
        if "pin" in form.changed_data:
            curation.pin(curation.entry(form.instance.pk), form.cleaned_data["pin"])


def save_entry(curation: Curation, form: EntryForm) -> None:
    entry, said = curation.entry(form.instance.pk), form.cleaned_data
    if "hidden" in form.changed_data:
        curation.hide(entry, said["hidden"])
    if "note" in form.changed_data:
        curation.write_note(entry, said["note"])
    for language in form.languages:
        if f"headline_{language}" in form.changed_data:
            curation.write_headline(entry, language, said[f"headline_{language}"])


def wanted_order(curation: Curation, forms: list[EntryForm]) -> list[Entry]:
    """What is printed, as the numbers say that were typed; what the form lacks comes last."""
    places = {form.instance.pk: place for place, form in enumerate(sorted(forms, key=wanted_place))}
    return sorted(curation.printed, key=lambda entry: places.get(entry.pk, len(places)))


def wanted_place(form: EntryForm) -> tuple[int, int]:
    """The number that was typed; who moved up to it goes ahead of who stood there, who moved down
    behind."""
    before, wanted = form.initial["position"], form.cleaned_data["position"]
    return wanted, (wanted > before) - (wanted < before)
