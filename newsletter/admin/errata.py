"""Errata at the desk: what was withdrawn or revised after it was printed, and what is done."""

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from newsletter import audit
from newsletter.admin.publisher import may_publish, require_publisher
from newsletter.correction import can_be_corrected
from newsletter.errata.differences import TITLE
from newsletter.errata.draft import drafts
from newsletter.errata.settle import draft_correction, leave_it
from newsletter.links import desk_path
from newsletter.models import Edition, Erratum, WrongState
from newsletter.render.entries import language_name
from papers.look_only import LookOnly


class StateFilter(admin.SimpleListFilter):
    """Without a choice: those that wait."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("settled", gettext_lazy("settled")),
            ("untouched", gettext_lazy("revised, and nothing printed has changed")),
            ("all", gettext_lazy("everything")),
        ]

    def choices(self, changelist):
        unfiltered, *others = super().choices(changelist)
        yield unfiltered | {"display": gettext_lazy("open")}
        yield from others

    def queryset(self, request, queryset):
        settled = queryset.exclude(pk__in=queryset.open().values("pk"))
        chosen = {
            "settled": settled.exclude(how=Erratum.How.UNTOUCHED),
            "untouched": queryset.filter(how=Erratum.How.UNTOUCHED),
            "all": queryset,
        }
        return chosen.get(self.value() or "", queryset.open())


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why readers need not be told"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )


@admin.register(Erratum)
class ErratumAdmin(LookOnly, ModelAdmin):
    list_display = ["what", "printed_in", "found_on", "state"]
    list_filter = [StateFilter, "kind"]
    list_select_related = ["paper", "edition__newsletter", "correction"]
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()
    search_fields = ["paper__canonical_id", "paper__title"]
    actions = None

    def get_urls(self):
        view = self.admin_site.admin_view
        at = "<int:object_id>"
        return [
            path(f"{at}/correct/", view(self.correct), name="newsletter_erratum_correct"),
            path(f"{at}/settle/", view(self.settle), name="newsletter_erratum_settle"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request, obj=None):
        """Whoever may look at editions."""
        return request.user.has_perm("newsletter.view_edition")

    # The list

    @admin.display(description=gettext_lazy("paper"))
    def what(self, erratum):
        return format_html(
            '<span class="title" lang="en">{}</span><span class="below">{}</span>',
            erratum.paper.title,
            happened(erratum),
        )

    @admin.display(description=gettext_lazy("edition"))
    def printed_in(self, erratum):
        return format_html(
            '<span class="day">{}</span><span class="below">{}</span>',
            date_format(erratum.edition.date, "Y-m-d"),
            erratum.edition.newsletter,
        )

    @admin.display(description=gettext_lazy("found"))
    def found_on(self, erratum):
        return date_format(erratum.found_at, "Y-m-d")

    @admin.display(description=gettext_lazy("state"))
    def state(self, erratum):
        return _("open") if is_open(erratum) else erratum.get_how_display()

    # Look, decide

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST":  # nothing of it can be changed
            raise PermissionDenied
        return self.page(request, self.found(request, object_id), ReasonForm(label_suffix=""))

    def page(self, request, erratum, form):
        may_decide = may_publish(request.user) and is_open(erratum)
        context = self.admin_site.each_context(request) | {
            "title": erratum.paper.title,
            "opts": self.opts,
            "original": erratum,
            "happened": happened(erratum),
            "printed": [printed(each) for each in erratum.differences],
            "drafts": [(code, language_name(code), text) for code, text in drafts(erratum).items()],
            "is_open": is_open(erratum),
            "may_decide": may_decide,
            "may_correct": may_decide and can_be_corrected(erratum.edition),
            "desk_path": desk_path(erratum.edition_id),
            "correction_path": desk_path(erratum.correction_id) if erratum.correction_id else "",
            "form": form,
        }
        return TemplateResponse(request, "admin/newsletter/erratum/page.html", context)

    def correct(self, request, object_id):
        """To the draft of a correction that says it, which nobody has sent yet."""
        erratum = self.asked_of_a_publisher(request, object_id)
        if erratum is None:
            return HttpResponseNotAllowed(["POST"])
        try:
            draft = draft_correction(erratum, request.user)
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
            return redirect(page_url(erratum))
        audit.record(request, "correct", erratum, message="Draft the correction")
        said = _("The correction is drafted. Read it in each language: it waits for approval.")
        self.message_user(request, said, messages.SUCCESS)
        return redirect(desk_path(draft.pk))

    def settle(self, request, object_id):
        erratum = self.asked_of_a_publisher(request, object_id)
        if erratum is None:
            return HttpResponseNotAllowed(["POST"])
        form = ReasonForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.page(request, erratum, form)
        try:
            leave_it(erratum, form.cleaned_data["reason"], request.user)
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
            return redirect(page_url(erratum))
        message = "Settle: nothing to do"
        audit.record(request, "settle", erratum, message=message, reason=erratum.reason)
        self.message_user(request, _("It is settled."), messages.SUCCESS)
        return redirect("admin:newsletter_erratum_changelist")

    def asked_of_a_publisher(self, request, object_id):
        """None for a GET."""
        if request.method != "POST":
            return None
        require_publisher(request.user)
        return self.found(request, object_id)

    def found(self, request, object_id):
        """The erratum, for someone who may look at it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Erratum.objects.select_related("edition__newsletter", "paper", "correction")
        erratum = rows.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        if erratum is None:
            raise Http404
        return erratum


def is_open(erratum):
    """As Erratum.objects.open() finds them."""
    given_up = (Edition.State.CANCELLED, Edition.State.EXPIRED)
    was_given_up = erratum.correction is not None and erratum.correction.state in given_up
    return erratum.settled_at is None or was_given_up


def happened(erratum):
    """In a line."""
    if erratum.kind == Erratum.Kind.WITHDRAWN:
        return _("withdrawn by its authors")
    version = _("version %(version)s") % {"version": erratum.version}
    figures = [figure for each in erratum.differences for figure in each["figures"]]
    said = [version]
    if any(each["part"] == TITLE for each in erratum.differences):
        said.append(_("another title"))
    if figures:
        count = len(dict.fromkeys(figures))
        said.append(
            ngettext(
                "%(count)s figure that we printed stands no longer",
                "%(count)s figures that we printed stand no longer",
                count,
            )
            % {"count": count}
        )
    return " · ".join(said)


def printed(difference):
    """For the table: where it was printed, what stood there, and what the paper says now."""
    is_title = difference["part"] == TITLE
    return difference | {
        "where": _("the title") if is_title else language_name(difference["language"]),
        "lang": difference["language"] or "en",
    }


def page_url(erratum):
    return reverse("admin:newsletter_erratum_change", args=[erratum.pk])
