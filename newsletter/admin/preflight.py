"""Pre-flight at the desk: links are opened when an edition is saved, and stops overridden."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from newsletter import audit, tasks
from newsletter.admin.desk import Desk
from newsletter.admin.publisher import require_publisher
from newsletter.admin.seen import seen_version
from newsletter.links import desk_path
from newsletter.models import WrongState
from newsletter.preflight.override import override_stop
from newsletter.preflight.visits import visited_since


class PreflightAdmin(ModelAdmin):
    """For the admin of editions."""

    def get_urls(self):
        view = self.admin_site.admin_view
        at = "<int:object_id>"
        return [
            path(f"{at}/override/", view(self.override_view), name="newsletter_edition_override"),
            path(
                f"{at}/preflight/", view(self.preflight_view), name="newsletter_edition_preflight"
            ),
            *super().get_urls(),
        ]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        tasks.wake(tasks.visit_links, form.instance.pk)

    def override_view(self, request, object_id):
        """One stop, POST only, in the version that the editor saw, with a reason."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        edition = self.found(request, object_id)
        require_publisher(request.user)
        try:
            edition.version = seen_version(request)  # as the editor saw it
            stop, reason = request.POST.get("stop", ""), request.POST.get("reason", "")
            word = override_stop(edition, stop, request.user, reason)
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
        else:
            why = f"{word.reason} ({word.sentence})"
            audit.record(request, "override", edition, message="Let it pass", reason=why)
            self.message_user(request, _("Noted. It stops the edition no more."), messages.SUCCESS)
        return redirect(desk_path(edition.pk))

    def preflight_view(self, request, object_id):
        """The report as it is now: a part of the edition's page; a page of its own without
        scripts. Nothing for who has one of `since`, and no link has answered after that."""
        since = request.GET.get("since", "")
        if since.isdecimal() and not visited_since(int(since)):
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        edition = self.found(request, object_id)
        desk = Desk(edition, request.user)
        context = self.admin_site.each_context(request) | {
            "title": _("Pre-flight"),
            "opts": self.opts,
            "original": edition,
            "desk": desk,
            "panel": desk.panel,
        }
        part = "_preflight_answer" if "HX-Request" in request.headers else "preflight"
        return TemplateResponse(request, f"admin/newsletter/edition/{part}.html", context)
