"""What mail providers call to tell what became of a mail."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.tasks import read_callbacks, wake
from newsletter.track.callbacks import LONGEST_BODY, VIEWS, Closed, is_from, keep
from newsletter.track.said import MALFORMED

logger = logging.getLogger(__name__)


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Write the call down and answer; what it says is read later.

    200: it is kept, also if it came before. 400, 401, 403, 413: nothing is, and the provider may
    try again. HEAD is how some ask whether anybody is here.
    """
    if provider not in VIEWS:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
        logger.error("webhook %s: a call of more than %s octets", provider, LONGEST_BODY)
        return HttpResponse(status=413)
    if refusal := refused(provider, request):
        return refusal
    if keep(provider, request):
        wake(read_callbacks)
    return HttpResponse()


def refused(provider: str, request: HttpRequest) -> HttpResponse | None:
    """What is answered to a call that is not the provider's, or of no form of its own."""
    try:
        is_provider = is_from(provider, request)
    except Closed as closed:
        logger.error("webhook %s is closed: %s", provider, closed)
        return HttpResponse(status=403)
    except MALFORMED as error:
        logger.warning("webhook %s: %s", provider, type(error).__name__)
        return HttpResponse(status=400)
    if is_provider:
        return None
    if "Authorization" not in request.headers:  # Amazon sends it only when it is asked to
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="webhook"'})
    logger.warning("webhook %s: a secret or a signature that is wrong", provider)
    return HttpResponse(status=403)
