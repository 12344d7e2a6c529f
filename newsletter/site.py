"""The desk's front door: who gets in, and what everything behind it has in common.

Like `newsletter.login` it is no part of `newsletter.admin`, whose pages it takes in.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from unfold.sites import UnfoldAdminSite

from newsletter import audit, second_factor
from newsletter.audit import Act
from newsletter.models import AuditEntry
from newsletter.views import second_factor as pages

MOST_SHOWN = 100  # of a thing's history


class DeskSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Whoever's pages they are, they are OnTheDesk first."""
        base = admin_class or ModelAdmin
        own = {"__module__": base.__module__} | options
        super().register(model_or_iterable, type(base.__name__, (OnTheDesk, base), own))

    def has_permission(self, request: HttpRequest) -> bool:
        """Django's own answer, and the second factor's."""
        return super().has_permission(request) and second_factor.is_settled(request)

    def extra_urls(self) -> list[URLPattern]:
        return pages.urls

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To whoever has given the password, its second half."""
        if request.method == "GET" and super().has_permission(request):
            if second_factor.is_owed(request):
                wanted = {REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, "")}
                return redirect(f"{reverse('admin:login_code')}?{urlencode(wanted)}")
            if second_factor.is_missing(request):
                return redirect("admin:second_factor")
        answer: HttpResponse = super().login(request, extra_context)
        return answer

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Noted before, while it is known who goes."""
        if request.method == "POST":
            audit.record(request, Act.SIGNED_OUT)
        answer: HttpResponse = super().logout(request, extra_context)
        return answer

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().password_change(request, extra_context)
        if request.method == "POST" and answer.status_code == 302:
            audit.record(request, Act.PASSWORD_CHANGED)
        return answer


class OnTheDesk(ModelAdmin):  # type: ignore[type-arg]  # not subscriptable where it runs
    """What each page of the desk has before anything of its own: the audit trail in the place of
    Django's log, and 403 for a button that is not there for whoever presses it."""

    object_history_template = "admin/history.html"

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return audit.record(request, Act.ADDED, obj, message=message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """With the reason, where a page has a field for it, and says so in `reason_field`."""
        reason = request.POST.get(getattr(self, "reason_field", ""), "")
        return audit.record(request, Act.CHANGED, obj, message=message, reason=reason)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            audit.record(request, Act.DELETED, obj)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        asked = {name for name in request.POST.getlist("action") if name}
        if asked - set(self.get_actions(request)):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The newest acts; the trail has the rest."""
        key = unquote(object_id)
        entries = AuditEntry.objects.about(self.model, key)[:MOST_SHOWN]
        context = {"entries": entries, "trail_url": self.trail_url(key)} | (extra_context or {})
        return super().history_view(request, object_id, context)

    def trail_url(self, key: str) -> str:
        """All that the trail has of one thing."""
        whole = {"thing": f"{self.opts.label_lower}/{key}"}
        return f"{reverse('admin:newsletter_auditentry_changelist')}?{urlencode(whole)}"
