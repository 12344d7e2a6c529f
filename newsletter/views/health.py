"""What a load balancer, a container and an operator ask: are you there, can you work?"""

import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SECONDS_FOR_BROKER = 1


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


def database_state() -> str:
    try:
        executor = MigrationExecutor(connection)
    except OperationalError:
        return "does not answer"
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "migrations are missing, run manage.py migrate" if missing else "ok"


def broker_state() -> str:
    if not settings.REDIS_URL:
        return "not needed"
    broker = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=SECONDS_FOR_BROKER,
        socket_timeout=SECONDS_FOR_BROKER,
    )
    try:
        broker.ping()
    except redis.RedisError:
        return "does not answer"
    finally:
        broker.close()
    return "ok"
