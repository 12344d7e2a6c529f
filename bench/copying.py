"""Many rows in one statement: after a template's, or from a series of numbers."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model


def execute(sql: str, **values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def analyse(*models: type[Model]) -> None:
    """As autovacuum would have, before the next statement is planned."""
    execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")


def copies(model: type[Model], source: str, /, **new: str) -> str:
    """The statement that writes a row for each of `source`, after its `template`, with other
    expressions in some columns."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [new.get(column, f"template.{column}") for column in columns]
    return insert(model, source, dict(zip(columns, values, strict=True)))


def rows(model: type[Model], source: str, /, **values: str) -> str:
    """The statement that writes a row for each of `source`; a column that is not named has its
    model's default."""
    columns = {
        field.column: values.get(field.column) or default_of(field)
        for field in model._meta.concrete_fields
        if not field.primary_key and (field.column in values or not field.has_db_default())
    }
    return insert(model, source, columns)


def default_of(field) -> str:
    """As it stands in a statement."""
    if field.get_internal_type() == "JSONField":
        return "'[]'" if field.default is list else "'{}'"
    default = field.get_default()
    if default is None:
        return "NULL"
    return f"'{default}'"


def insert(model: type[Model], source: str, columns: dict[str, str]) -> str:
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source}"
