"""What an editor fills in for a newsletter, and what of it cannot be."""

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from newsletter.models.newsletters import time_zone_names
from newsletter.senders import vouched_for
from papers.sources import FAMILY, SOURCES, category_in, source_name
from papers.sources.categories import CATEGORIES

ISO_WEEKDAYS = [(number + 1, name) for number, name in WEEKDAYS.items()]
SOURCE_NAMES = [
    *((name, label) for name, (label, _path) in SOURCES.items()),
    (FAMILY, _("a category of arXiv")),
]
ANNOUNCED_WITHIN = 2  # days, for most of what is handed in to arXiv


class Suggested(UnfoldAdminTextInputWidget):
    """A line that offers what may be written in it, as the letters typed narrow it down."""

    def __init__(self, suggestions):
        super().__init__({"autocomplete": "off"})
        self.suggestions = suggestions

    def render(self, name, value, attrs=None, renderer=None):
        of = f"{name}_suggestions"
        line = super().render(name, value, {**(attrs or {}), "list": of}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions())
        return format_html('{}<datalist id="{}">{}</datalist>', line, of, options)


def time_zones():
    return [(name, "") for name in sorted(time_zone_names()) if "/" in name]


class NewsletterForm(forms.ModelForm):
    """Weekdays and languages as check boxes; the tables keep them as lists. A category of arXiv is
    a source of its own there: arxiv:cs.CL."""

    source = forms.ChoiceField(
        label=_("source"), choices=SOURCE_NAMES, widget=UnfoldAdminSelectWidget
    )
    category = forms.CharField(
        label=_("category of arXiv"),
        required=False,
        widget=Suggested(CATEGORIES.items),
        help_text=_("such as cs.CL; for arXiv alone"),
    )
    time_zone = forms.CharField(
        label=_("time zone"),
        widget=Suggested(time_zones),
        help_text=_("of its own clock, such as Asia/Seoul"),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("weekdays"),
        choices=ISO_WEEKDAYS,
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("of the list it is made from"),
    )
    languages = forms.MultipleChoiceField(
        label=_("languages"),
        choices=lambda: settings.LANGUAGES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    main_language = forms.ChoiceField(
        label=_("main language"),
        choices=lambda: settings.LANGUAGES,
        widget=UnfoldAdminSelectWidget,
        help_text=_("for readers whose own language it does not have"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("source", "time_zone", "weekdays", "languages"):
            self.initial.setdefault(name, getattr(self.instance, name))
        self.initial.setdefault("main_language", self.instance.languages[0])
        if category := category_in(self.instance.source):
            self.initial.update(source=FAMILY, category=category)

    def clean_from_address(self):
        address = self.cleaned_data["from_address"]
        if address:
            vouched_for(address)
        return address

    def clean(self):
        cleaned = super().clean() or {}
        self.check_languages(cleaned)
        if cleaned.get("source") == FAMILY:
            self.check_category(cleaned)
        return cleaned

    def check_languages(self, cleaned):
        languages, main = cleaned.get("languages"), cleaned.get("main_language")
        if languages and main not in languages:
            self.add_error("main_language", _("Tick the main language among the languages, too."))
        elif languages:
            cleaned["languages"] = [main, *(code for code in languages if code != main)]

    def check_category(self, cleaned):
        category = cleaned.get("category", "").strip()
        if category in CATEGORIES:
            cleaned["source"] = source_name(category)
        else:
            del cleaned["source"]
            self.add_error("category", _("Choose one of the categories of arXiv, such as cs.CL."))
        if cleaned.get("lag_days", ANNOUNCED_WITHIN) < ANNOUNCED_WITHIN:
            self.add_error(
                "lag_days",
                _(
                    "arXiv announces papers days after they were handed in, so a younger list is "
                    "empty. Write at least 2; with 4 nearly all are there."
                ),
            )
