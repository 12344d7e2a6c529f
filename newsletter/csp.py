"""The Content-Security-Policy of a page: strict for readers, looser for the editor's desk."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class Middleware(CSPMiddleware):
    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        page = request.resolver_match
        if page and "admin" in page.app_names and parts.replace is None:
            parts.replace = settings.ADMIN_CONTENT_SECURITY_POLICY
        return parts
