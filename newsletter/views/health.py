"""What a load balancer, a container and an operator ask: are you there, can you work?"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsletter.ready import broker_state, database_state


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers. Asks nobody else: a lost database must not restart it."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if the database answers and has all migrations, else 503; names the state of each part.

    A broker that is away is named and does no harm: the database is the queue, and the tick of the
    next minute finds what a lost wake-up has left.
    """
    database = database_state()
    parts = {"database": database, "broker": broker_state()}
    ready = database == "ok"
    status = "ok" if ready else "not ready"
    return JsonResponse({"status": status, **parts}, status=200 if ready else 503)
