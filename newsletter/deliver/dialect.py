"""Where PostgreSQL and SQLite say the same thing differently."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from newsletter.morning import Morning

Pairs = Sequence[tuple[int, str]]

# Number by number, never back: others take some meanwhile.
SKIP = """
SELECT count(nextval(numbers)) FROM
    (SELECT pg_get_serial_sequence('newsletter_slice', 'id')::regclass AS numbers) AS named,
    generate_series(1, %s - coalesce(pg_sequence_last_value(numbers), 0))
"""


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def now() -> str:
    """This very moment, in SQL, as Django stores it."""
    return "clock_timestamp()" if is_postgres() else "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')"


def suppressed() -> str:
    """Whether the address of a row of newsletter_subscriber must not be mailed now."""
    return f"""EXISTS (
        SELECT 1 FROM newsletter_suppression
        WHERE newsletter_suppression.address_key = newsletter_subscriber.address_key
          AND (ends_at IS NULL OR ends_at > {now()}))"""


def skip_locked() -> str:
    """For the rows that a subquery picks; on SQLite nobody else writes meanwhile."""
    return "FOR UPDATE SKIP LOCKED" if is_postgres() else ""


def plan_without(*methods: str) -> None:
    """Keep PostgreSQL from some ways to find rows, in this transaction: by what it knows of the
    ledger, or does not know of a new one, it takes a slice for one row, or reads the table.

    Where there is no other way the plan's price is absurd, and would be compiled for a second.
    """
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
            for method in methods:
                cursor.execute(f"SET LOCAL enable_{method} = off")


def skip_slices(fence: int) -> None:
    """Have no later slice get this number; SQLite never goes below the highest there is."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute(SKIP, [fence])


def among(keys: Collection[int]) -> RawSQL:
    """Deliveries with these keys, as one parameter: a thousand take longer to be written down than
    to be found."""
    if is_postgres():
        sql, told = "newsletter_delivery.id = ANY(%s::bigint[])", array(keys)
    else:
        sql = "newsletter_delivery.id IN (SELECT value FROM json_each(%s))"
        told = json.dumps(list(keys))
    return RawSQL(sql, [told], output_field=BooleanField())


def array(keys: Iterable[int]) -> str:
    """As PostgreSQL writes it: psycopg takes five times as long over a list."""
    return f"{{{','.join(map(str, keys))}}}"


def mornings(parameter: str) -> str:
    """The rows of what `telling_mornings` makes a parameter of. Their columns have names that no
    table has."""
    moments = {"at": "timestamptz", "old_at": "timestamptz"}
    return told_rows(
        "morning", {"zone": "text", "oclock": "int", "weekday_bits": "int"} | moments, parameter
    )


def told_rows(name: str, columns: dict[str, str], parameter: str) -> str:
    """A list of objects in JSON as a table, its columns with their types in PostgreSQL."""
    if is_postgres():
        typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        return f"json_to_recordset({parameter}::json) AS {name}({typed})"
    read = ", ".join(f"json_extract(value, '$.{column}') AS {column}" for column in columns)
    return f"(SELECT {read} FROM json_each({parameter})) AS {name}"


# Whose it is: a reader's that has no hour of their own stands under -1.
HAS_MORNING = "zone = time_zone AND oclock = COALESCE(hour, -1)"


def telling_mornings(told: Iterable[Morning]) -> str:
    return json.dumps(
        [
            {
                "zone": each.time_zone,
                "oclock": -1 if each.hour is None else each.hour,
                "at": written(each.at),
                "old_at": written(each.expires_at),
                "weekday_bits": each.weekday_bits,
            }
            for each in told
        ]
    )


class Variant(NamedTuple):
    """What readers of a language with a taste get; where the moment counts since when they hear
    once a week, from one on and before another."""

    reads: str
    taste: int  # 0: none
    rendition: int | None  # None: nothing, as there is nothing that they want
    since: datetime | None = None
    before: datetime | None = None


def variants(parameter: str) -> str:
    """The rows of what `telling_variants` makes a parameter of."""
    keys = {"reads": "text", "taste": "bigint", "rendition": "bigint"}
    moments = {"since": "timestamptz", "before": "timestamptz"}
    return told_rows("variant", keys | moments, parameter)


def telling_variants(told: Iterable[Variant]) -> str:
    return json.dumps(
        [
            each._asdict() | {"since": written(each.since), "before": written(each.before)}
            for each in told
        ]
    )


# Whose it is.
HAS_VARIANT = """reads = language AND taste = COALESCE(taste_id, 0)
    AND (since IS NULL OR weekly_since >= since)
    AND (before IS NULL OR weekly_since IS NULL OR weekly_since < before)"""


def written(moment: datetime | None) -> str | None:
    return str(adapted(moment)) if moment else None


def adapted(moment: datetime | None) -> str | None:
    """As the database keeps it: SQLite has no type for it."""
    return connection.ops.adapt_datetimefield_value(moment)


def told() -> str:
    """The deliveries with the keys of what `telling` makes parameters of, each with its text."""
    if is_postgres():
        return (
            "ROWS FROM (unnest(%(keys)s::bigint[]), json_array_elements_text(%(texts)s::json))"
            " AS told(id, text) WHERE newsletter_delivery.id = told.id"
            " AND newsletter_delivery.id = ANY(%(keys)s::bigint[])"
        )
    return (
        "(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS text"
        " FROM json_each(%(pairs)s)) AS told WHERE newsletter_delivery.id = told.id"
    )


def telling(pairs: Pairs) -> dict[str, str]:
    if is_postgres():
        texts = json.dumps([text for _, text in pairs])
        return {"keys": array(key for key, _ in pairs), "texts": texts}
    return {"pairs": json.dumps(pairs)}
