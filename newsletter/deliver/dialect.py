"""Where PostgreSQL and SQLite say the same thing differently."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

Pairs = Sequence[tuple[int, str]]


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def now() -> str:
    """This very moment, in SQL, as Django stores it."""
    return "clock_timestamp()" if is_postgres() else "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')"


def skip_locked() -> str:
    """For the rows that a subquery picks; on SQLite nobody else writes meanwhile."""
    return "FOR UPDATE SKIP LOCKED" if is_postgres() else ""


def plan_for_few() -> None:
    """Have PostgreSQL look up each row of a slice, in this transaction: by what it knows of a
    table, or does not know of a new one, it would rather read the table."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('enable_seqscan', 'off', true),"
                " set_config('enable_hashjoin', 'off', true),"
                " set_config('enable_mergejoin', 'off', true)"
            )


def among(keys: Collection[int]) -> RawSQL:
    """Many keys as one parameter: a thousand take longer to be written down than to be found."""
    if is_postgres():
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])


def told() -> str:
    """A table of keys with a text each, of the parameters that `telling` makes."""
    if is_postgres():
        return "unnest(%(keys)s::bigint[], %(texts)s::text[]) AS told(id, text)"
    return (
        "(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS text"
        " FROM json_each(%(pairs)s)) AS told"
    )


def telling(pairs: Pairs) -> dict[str, object]:
    if is_postgres():
        return {"keys": [key for key, _ in pairs], "texts": [text for _, text in pairs]}
    return {"pairs": json.dumps(pairs)}
