"""Who is alive, told by locks that the server or the kernel frees when their holder dies.

No clock is asked: a sender that is stopped for an hour is still alive, one that was killed is not.
On PostgreSQL an owner holds a session's advisory lock, on SQLite a lock on a file (flock).
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from django.conf import settings
from django.db import connection

from newsletter.deliver.journal.files import make_folder

files: dict[str, int] = {}  # owner → descriptor of the lock file that this process holds


def hold(owner: str) -> None:
    """Be alive under this name, until `let_go` or the end of the process, or of its session."""
    if connection.vendor == "postgresql":
        ask("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", owner)
    elif owner not in files:
        files[owner] = descriptor = os.open(lock_file(owner), os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def let_go(owner: str) -> None:
    """Be dead to the others. May be repeated."""
    if connection.vendor == "postgresql":
        ask("SELECT pg_advisory_unlock_all()")
    elif owner in files:
        lock_file(owner).unlink(missing_ok=True)
        os.close(files.pop(owner))


def is_alive(owner: str) -> bool:
    """Whether anyone holds this name; our own session's or process's names count as held."""
    if connection.vendor == "postgresql":
        return ask(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND (classid::bigint << 32) | objid::bigint = hashtextextended(%s, 0))",
            owner,
        )
    return is_locked(lock_file(owner))


def is_locked(path: Path) -> bool:
    """Whether some descriptor, ours or another process's, holds the flock on a file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def lock_file(owner: str) -> Path:
    make_folder(settings.JOURNAL_DIR)
    return settings.JOURNAL_DIR / f"{owner}.lock"


def ask(sql: str, *parameters: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return bool(cursor.fetchone()[0])
