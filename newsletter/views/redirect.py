"""The way from a mail's link to where it leads by now. Nothing is noted of who takes it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsletter.models import Link


@require_safe
@never_cache
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """To a paper, its code, or wherever an editor has led the link since it left."""
    link = get_object_or_404(Link, key=key)
    answer = HttpResponseRedirect(link.target)
    answer["X-Robots-Tag"] = "noindex"
    return answer
