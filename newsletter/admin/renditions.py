"""What an edition says in each language: subject, preheader, intro."""

from django import forms
from django.db.models import Case, When
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from newsletter.admin.preview import Preview
from newsletter.curate import Curation
from newsletter.models import Change, Rendition
from newsletter.render.entries import language_name


class RenditionForm(forms.ModelForm):
    class Meta:
        widgets = {"intro": UnfoldAdminTextareaWidget({"rows": 4})}

    @property
    def language_name(self):
        return language_name(self.instance.language)


class RenditionFormSet(PaginationInlineFormSet):
    """The newsletter's main language first."""

    def suggest(self, previews: list[Preview]) -> None:
        """What will be written where a field stays blank stands in it, in grey."""
        by_language = {preview.language: preview for preview in previews}
        for form in self.forms:
            preview = by_language.get(form.instance.language)
            if preview and "subject" in form.fields:
                form.fields["subject"].widget.attrs["placeholder"] = preview.defaults.subject
                form.fields["preheader"].widget.attrs["placeholder"] = preview.defaults.preheader

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            languages = self.instance.newsletter.languages
            place = Case(*(When(language=code, then=i) for i, code in enumerate(languages)))
            self._queryset = super().get_queryset().filter(variant="").order_by(place)
        return self._queryset


class RenditionInline(StackedInline):
    model = Rendition
    form = RenditionForm
    formset = RenditionFormSet
    fields = ["subject", "preheader", "intro"]
    template = "admin/newsletter/edition/_renditions.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


def save_renditions(curation: Curation, formset: RenditionFormSet) -> None:
    """Keep the texts that the editor changed."""
    formset.save(commit=False)  # tells the history what changed
    for form in formset.forms:
        for name in form.changed_data:
            curation.write(Change.Kind(name), form.instance.language, form.cleaned_data[name])
