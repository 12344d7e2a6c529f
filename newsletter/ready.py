"""Whether what we stand on answers: the database, with all its tables, and the broker."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS_FOR_BROKER = 1


def database_state() -> str:
    try:
        is_migrated = not lacks_migrations()
    except OperationalError:
        return "does not answer"
    return "ok" if is_migrated else "migrations are missing, run manage.py migrate"


def lacks_migrations() -> bool:
    """Raises OperationalError where the database does not answer."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def broker_state() -> str:
    if not settings.REDIS_URL:
        return "not needed"
    return "ok" if redis_answers(settings.REDIS_URL) else "does not answer"


def redis_answers(url: str) -> bool:
    """Asked once: what would be tried again says nothing for the second time."""
    server = redis.Redis.from_url(
        url,
        socket_connect_timeout=SECONDS_FOR_BROKER,
        socket_timeout=SECONDS_FOR_BROKER,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        server.ping()
    except redis.RedisError:
        return False
    finally:
        server.close()
    return True
