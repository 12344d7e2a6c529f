"""What the migrations put into the tables, put back after each test that empties them.

Django would do it before the next test of that kind alone, and row by row, which takes it a tenth
of a second: here any test may come next, on whichever worker of pytest-xdist.
"""

from django.db import connection, transaction

put_back_all: list[str] = []  # statements


def keep_rows() -> None:
    """Of a database just made, in tables beside its own."""
    quoted = connection.ops.quote_name
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        for table in names:
            kept = f"migrated_{table}"
            cursor.execute(f"CREATE TABLE {quoted(kept)} AS SELECT * FROM {quoted(table)}")
            cursor.execute(f"SELECT count(*) FROM {quoted(kept)}")
            if cursor.fetchone() != (0,):
                put_back_all.append(f"INSERT INTO {quoted(table)} SELECT * FROM {quoted(kept)}")


def put_rows_back() -> None:
    """The tables are empty. What refers to what is looked at when all are there.

    Under Playwright's event loop the connection is one of its own, which nobody else would close.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in put_back_all:
            cursor.execute(statement)
    connection.close()
