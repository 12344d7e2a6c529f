"""Review: the list of editions, and the desk on which one is curated, looked at and let go."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from newsletter import audit
from newsletter.admin import adding, cards, curation, desk, history
from newsletter.admin.afterwards import Afterwards, AfterwardsAdmin
from newsletter.admin.conflicts import in_form
from newsletter.admin.edition_list import EditionList
from newsletter.admin.entries import EntryInline, save_entries
from newsletter.admin.links import LinksAdmin
from newsletter.admin.preflight import PreflightAdmin
from newsletter.admin.preview_pages import PreviewPages
from newsletter.admin.progress import Going, ProgressAdmin
from newsletter.admin.publisher import may_publish
from newsletter.admin.renditions import RenditionFormSet, RenditionInline, save_renditions
from newsletter.admin.report import ReportAdmin
from newsletter.admin.seen import seen_version
from newsletter.admin.verbs import VERBS, perform
from newsletter.curate import OPEN, Curation, take
from newsletter.links import desk_path
from newsletter.models import DeskLanguage, Edition, Entry, WrongState


class EditionForm(forms.ModelForm):
    """Which edition the editor has seen, and a paper to add to it."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    add_paper = forms.CharField(
        required=False, label=gettext_lazy("Add a paper"), widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version

    def clean_seen_version(self):
        """Over what somebody else did only when the editor has seen that, too, and says so."""
        seen = self.data.get("_over") or self.cleaned_data["seen_version"]
        if str(seen) != str(self.instance.version):
            raise forms.ValidationError(_("Somebody else was faster."), code="overtaken")
        return self.instance.version


@admin.register(Edition)
class EditionAdmin(
    PreflightAdmin, PreviewPages, ProgressAdmin, ReportAdmin, AfterwardsAdmin, LinksAdmin
):
    form = EditionForm
    inlines = [EntryInline, RenditionInline]
    list_display = ["day", "newsletter", "state_in_words", "entry_count", "readers"]
    list_filter = ["state", "newsletter", ("hold_reason", admin.EmptyFieldListFilter)]
    list_select_related = ["newsletter"]
    list_per_page = 50
    date_hierarchy = "date"
    actions = ["approve_selected"]
    warn_unsaved_form = True
    change_form_template = "admin/newsletter/edition/change_form.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        at = "<int:object_id>"
        return [
            path(f"{at}/do/<slug:name>/", view(self.do), name="newsletter_edition_do"),
            path(f"{at}/curate/", view(self.curate), name="newsletter_edition_curate"),
            path(f"{at}/add/", view(self.add_paper), name="newsletter_edition_add_paper"),
            path(
                f"{at}/history/<int:change_id>/undo/",
                view(self.undo),
                name="newsletter_edition_undo",
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Whoever may edit may edit drafts; what is approved or further stands as it is."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state in OPEN)

    def get_fields(self, request, obj=None):
        if not self.has_change_permission(request, obj):
            return []
        return ["seen_version"] if obj and obj.corrects_id else ["seen_version", "add_paper"]

    def get_inlines(self, request, obj):
        """A correction has words, and no papers."""
        return [RenditionInline] if obj and obj.corrects_id else self.inlines

    def get_queryset(self, request):
        return super().get_queryset(request).with_headlines()

    # The list

    def get_changelist(self, request, **kwargs):
        return EditionList

    @admin.display(description=gettext_lazy("edition"), ordering="date")
    def day(self, edition):
        return format_html(
            '<strong class="day">{}</strong><span class="below" lang="en">{}</span>',
            date_format(edition.date, _("l, j F Y")),
            _("Correction") if edition.corrects_id else edition.top_title or "",
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_in_words(self, edition):
        words = edition.get_state_display()
        if edition.hold_reason:
            words = _("%(state)s, on hold") % {"state": words}
        why = edition.hold_reason or edition.reason
        wrong = _("The check of its deliveries found something wrong: open it.")
        return format_html(
            '<span class="state">{}</span><span class="below">{}</span>'
            '<span class="below wrong">{}</span>',
            *(words, why, wrong if edition.breaches else ""),
        )

    @admin.display(description=gettext_lazy("papers"), ordering="entry_count")
    def entry_count(self, edition):
        return edition.entry_count or 0

    @admin.display(description=gettext_lazy("readers"))
    def readers(self, edition):
        return desk.balance_in_words(edition.balance) if edition.balance else ""

    def has_approve_permission(self, request):
        return may_publish(request.user)

    @admin.action(description=gettext_lazy("Approve"), permissions=["approve"])
    def approve_selected(self, request, queryset):
        for edition in queryset:
            self.carry_out(request, VERBS["approve"], edition, edition.version)

    # The desk

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        edition = self.get_object(request, object_id) if object_id else None
        refuse(request, request.POST.get("_then", ""))
        remember_language(request)
        if edition and request.method == "POST" and self.is_locked(request, edition):
            self.message_user(request, desk.why_locked(edition), messages.WARNING)
            return redirect(desk_path(object_id))
        context = {"desk": edition and desk.Desk(edition, request.user)}
        if edition:
            context |= {
                "cards": cards.Cards(edition, request.user),
                "going": Going(edition, request.user),
                "afterwards": Afterwards(edition, request.user),
            }
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
            return redirect(desk_path(object_id))

    def is_locked(self, request, edition):
        """Theirs to edit, but not in this state."""
        return self.has_change_permission(request) and edition.state not in OPEN

    def save_model(self, request, obj, form, change):
        """Nothing of it is the form's to write: `state` and the rest move by verbs."""

    def save_related(self, request, form, formsets, change):
        """A new version where something was changed, so that a verb alone overtakes nobody."""
        if any(formset.has_changed() for formset in formsets):
            take(form.instance, form.cleaned_data["seen_version"])
        super().save_related(request, form, formsets, change)

    def save_formset(self, request, form, formset, change):
        save = save_entries if formset.model is Entry else save_renditions
        save(Curation(form.instance, request.user), formset)

    def render_change_form(self, request, context, *args, **kwargs):
        """With what is written where a field stays blank; and with both versions, where another
        editor was faster."""
        context["conflict"] = in_form(context, seen_version(request))
        for inline in context["inline_admin_formsets"]:
            if isinstance(inline.formset, RenditionFormSet):
                inline.formset.suggest(context["desk"].previews)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request, obj):
        """Stay at the desk; a verb that was pressed follows with the version just saved."""
        name = request.POST.get("_then", "")
        if name not in VERBS and name != "add":
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return redirect(desk_path(obj.pk))
        url = reverse("admin:newsletter_edition_do", args=[obj.pk, name])
        if name == "add":
            url = reverse("admin:newsletter_edition_add_paper", args=[obj.pk])
        return redirect(f"{url}?seen_version={obj.version}", preserve_request=True)

    def do(self, request, object_id, name):
        """One verb, POST only, on the version that the editor saw."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        edition = self.found(request, object_id)
        if name not in VERBS:
            raise Http404
        refuse(request, name)
        verb, version = VERBS[name], seen_version(request)
        if verb.asks_first and "sure" not in request.POST:
            return self.ask(request, verb, edition, version)
        self.carry_out(request, verb, edition, version)
        return redirect(desk_path(edition.pk))

    def curate(self, request, object_id):
        """One change of a card, by script; POST only."""
        return self.changing(request, object_id) or curation.change(
            request, self.found(request, object_id)
        )

    def add_paper(self, request, object_id):
        return self.changing(request, object_id) or adding.add(
            self, request, self.found(request, object_id), seen_version(request)
        )

    def history_view(self, request, object_id, extra_context=None):
        return history.page(self, request, self.found(request, object_id))

    def undo(self, request, object_id, change_id):
        return self.changing(request, object_id) or history.take_back(
            self, request, self.found(request, object_id), change_id
        )

    def changing(self, request, object_id):
        """Nothing, for a POST of somebody who may change editions; else what answers it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        return None

    def carry_out(self, request, verb, edition, version):
        reason = request.POST.get("reason", "").strip()
        try:
            perform(verb, edition, version, request.user, reason)
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
        else:
            with override("en"):  # the trail says it in the language of whoever reads it
                words = str(verb.label)
            audit.record(request, verb.name, edition, message=words, reason=reason)
            self.message_user(request, str(verb.done), messages.SUCCESS)

    def ask(self, request, verb, edition, version):
        context = self.admin_site.each_context(request) | {
            "title": verb.label,
            "opts": self.opts,
            "original": edition,
            "verb": verb,
            "version": version,
            "desk": desk.Desk(edition, request.user),
        }
        return TemplateResponse(request, "admin/newsletter/edition/confirm.html", context)

    def found(self, request, object_id, language=None):
        """The edition, for someone who may look at it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self.get_object(request, str(object_id))
        if not edition or (language and language not in edition.languages):
            raise Http404
        return edition


def refuse(request, name):
    """Whoever presses a verb that is not theirs, before anything is saved."""
    if name in VERBS and not request.user.has_perm(VERBS[name].permission):
        raise PermissionDenied


def remember_language(request):
    """Mails to this editor are written in the language in which they last used the desk."""
    language = get_language()
    known = DeskLanguage.objects.filter(editor=request.user, language=language)
    if not known.exists():
        DeskLanguage.objects.update_or_create(editor=request.user, defaults={"language": language})
