"""An index that finds readers by how their address begins, as the desk asks for it."""

from django.db import migrations


def make_index(apps, schema_editor):
    """PostgreSQL's, of a pattern. On SQLite a search reads them all, and they are fewer."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX subscriber_address ON newsletter_subscriber"
            " (upper(email::text) text_pattern_ops)"
        )


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX subscriber_address")


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0014_notices_of_access")]
    operations = [migrations.RunPython(make_index, drop_index)]
